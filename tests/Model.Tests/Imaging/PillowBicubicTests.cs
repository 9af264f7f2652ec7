using System.IO.Hashing;
using System.Text.Json;
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
