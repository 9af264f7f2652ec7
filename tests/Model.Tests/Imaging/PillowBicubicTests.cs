using System.IO.Hashing;
using System.Text.Json;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Model.Tests.Imaging;

public sealed class PillowBicubicTests
{
    static readonly Vector[] Vectors = Load();

    public static TheoryData<string> Kernels => [.. ResampleKernels.Supported.Select(kernel => kernel.GetType().Name)];

    [Theory, MemberData(nameof(Kernels))]
    public void Resize_PillowVectors_SameBytes(string kernelName)
    {
        Assert.True(Vectors.Length >= 300);
        var kernel = Kernel(kernelName);
        var wrong = Vectors.Where(vector => Crc(vector, kernel, rowsAtOnce: 16, bottomUp: false) != vector.Crc);
        Assert.Empty(wrong);
    }

    [Theory, MemberData(nameof(Kernels))]
    public void Resize_RowsInOtherPortionsAndBottomUp_SameBytes(string kernelName)
    {
        var kernel = Kernel(kernelName);
        var wrong = Vectors.Where((vector, index) => index % 3 == 1
            && (Crc(vector, kernel, rowsAtOnce: 1 + vector.Seed % 7, bottomUp: true) != vector.Crc
                || Crc(vector, kernel, rowsAtOnce: int.MaxValue, bottomUp: false) != vector.Crc));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Resize_RandomSizes_EveryKernelAndTheNormalizedRowsAgree()
    {
        var random = new Random(8);
        for (var round = 0; round < 60; round++)
        {
            var (width, height, side) = (random.Next(1, 300), random.Next(1, 300), random.Next(1, 120));
            var pixels = Noise.Pixels(round, width, height, saturated: round % 4 == 0);
            var orientation = PictureOrientation.FromExif(1 + round % 8);
            using var plain = new PillowBicubic(side, orientation, new ScalarKernel());
            plain.Begin(width, height, bottomUp: false);
            plain.Push(pixels);
            var expected = new float[3 * side * side];
            ChannelNormalization.Apply(plain.Pixels, expected);
            foreach (var kernel in ResampleKernels.Supported)
            {
                var normalized = new float[expected.Length];
                using var resizer = new PillowBicubic(side, orientation, kernel, normalized);
                resizer.Begin(width, height, bottomUp: false);
                resizer.Push(pixels);
                Assert.Equal(plain.Pixels, resizer.Pixels);
                Assert.Equal(expected, normalized);
            }
        }
    }

    [Fact]
    public void Begin_OnceMore_StartsOver()
    {
        var pixels = Noise.Pixels(1, 40, 30, saturated: false);
        using var once = new PillowBicubic(20, default);
        using var twice = new PillowBicubic(20, default);
        twice.Begin(40, 30, bottomUp: false);
        twice.Push(new byte[4 * 40 * 17]);
        foreach (var resizer in new[] { once, twice })
        {
            resizer.Begin(40, 30, bottomUp: false);
            resizer.Push(pixels);
        }

        Assert.Equal(once.Pixels, twice.Pixels);
    }

    [Fact]
    public void Axes_LentTwiceAtOnce_AreTwo()
    {
        var first = ResampleAxes.Rent(12_345, 61, mirrored: true);
        var second = ResampleAxes.Rent(12_345, 61, mirrored: true);
        ResampleAxes.Return(first);
        var third = ResampleAxes.Rent(12_345, 61, mirrored: true);
        ResampleAxes.Return(second);
        ResampleAxes.Return(third);

        Assert.NotSame(first, second);
        Assert.NotSame(second, third);
        Assert.Equal((12_345, 61, true), (third.Inputs, third.Outputs, third.IsMirrored));
    }

    [Fact]
    public void Supported_ThisMachine_EndsWithScalar() => Assert.IsType<ScalarKernel>(ResampleKernels.Supported[^1]);

    [Fact]
    public void Pixels_BeforeTheLastRow_Throws()
    {
        using var resizer = new PillowBicubic(4, default);
        resizer.Begin(2, 2, bottomUp: false);
        resizer.Push(new byte[8]);
        var error = Assert.Throws<InvalidOperationException>(() => resizer.Pixels.Length);
        Assert.Equal("1 rows pushed of 2: the result is not complete", error.Message);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    public void Push_PartOfARowOrTooManyRows_Throws(int bytes)
    {
        using var resizer = new PillowBicubic(4, default);
        resizer.Begin(2, 2, bottomUp: false);
        Assert.Throws<ArgumentException>(() => resizer.Push(new byte[bytes]));
    }

    static uint Crc(Vector vector, IResampleKernel kernel, int rowsAtOnce, bool bottomUp)
    {
        var pixels = Noise.Pixels(vector.Seed, vector.Width, vector.Height, vector.Saturated);
        int rowBytes = 4 * vector.Width;
        if (bottomUp)
            pixels = [.. pixels.Chunk(rowBytes).Reverse().SelectMany(row => row)];

        using var resizer = new PillowBicubic(vector.Side, PictureOrientation.FromExif(vector.Orientation), kernel);
        resizer.Begin(vector.Width, vector.Height, bottomUp);
        rowsAtOnce = Math.Min(rowsAtOnce, vector.Height);
        for (int row = 0; row < vector.Height; row += rowsAtOnce)
            resizer.Push(pixels.AsSpan(row * rowBytes, Math.Min(rowsAtOnce, vector.Height - row) * rowBytes));
        return Crc32.HashToUInt32(Rgb(resizer.Pixels));
    }

    internal static byte[] Rgb(ReadOnlySpan<byte> pixels)
    {
        var rgb = new byte[pixels.Length / 4 * 3];
        for (int i = 0; i < pixels.Length / 4; i++)
            pixels.Slice(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        return rgb;
    }

    static IResampleKernel Kernel(string name) => ResampleKernels.Supported.Single(kernel => kernel.GetType().Name == name);

    static Vector[] Load()
    {
        string path = Repository.Path("tests", "Model.Tests", "Imaging", "pillow_bicubic_vectors.json");
        var cases = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("cases");
        return [.. cases.EnumerateArray().Select(row => new Vector(
            Seed: row[0].GetInt32(),
            Width: row[1].GetInt32(),
            Height: row[2].GetInt32(),
            Saturated: row[3].GetInt32() == 1,
            Orientation: row[4].GetInt32(),
            Side: row[5].GetInt32(),
            Crc: row[6].GetUInt32()))];
    }

    sealed record Vector(int Seed, int Width, int Height, bool Saturated, int Orientation, int Side, uint Crc);
}
