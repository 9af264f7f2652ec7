using System.Buffers.Binary;
using System.Security.Cryptography;
using SkiaSharp;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>Pictures and captions of random content; the same number is always the same one.</summary>
static class MadeInput
{
    const int Side = 96;
    const int BmpHeader = 54;

    /// <summary>Words per caption: with the tokens around them 13 on average, as real captions have.</summary>
    static readonly int[] Words = [7, 9, 10, 11, 11, 12, 13, 15];

    /// <summary>A bitmap, small enough that decoding it hardly counts.</summary>
    public static byte[] Picture(int number)
    {
        var file = new byte[BmpHeader + 3 * Side * Side];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), BmpHeader);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), Side);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), Side);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        new Random(number).NextBytes(file.AsSpan(BmpHeader));
        return file;
    }

    /// <summary>A JPEG file of soft shapes with some noise, about as large as a photograph's.</summary>
    public static byte[] Jpeg(int width, int height) => Shapes(width, height, 8, SKEncodedImageFormat.Jpeg, 90);

    /// <summary>A PNG file of soft shapes.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="grain">How strong the noise is, in levels; 0 for what is drawn rather than photographed.</param>
    public static byte[] Png(int width, int height, int grain) => Shapes(width, height, grain, SKEncodedImageFormat.Png, 100);

    static byte[] Shapes(int width, int height, int grain, SKEncodedImageFormat format, int quality)
    {
        var random = new Random(width);
        var colours = new SKColor[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var noise = random.Next(-grain, grain + 1);
                colours[y * width + x] = new SKColor(Level(x, width, noise), Level(y, height, noise), Level(x + y, width + height, noise));
            }
        }

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque)) { Pixels = colours };
        using var file = bitmap.Encode(format, quality);
        return file.ToArray();

        static byte Level(int at, int size, int noise) => (byte)(128 + 100 * Math.Sin(12.0 * at / size) + noise);
    }

    /// <summary>The name that the cluster keeps a file by.</summary>
    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>A caption in the words of a random package's vocabulary.</summary>
    public static string Caption(int number)
    {
        var random = new Random(number);
        return string.Join(' ', Enumerable.Range(0, Words[number % Words.Length]).Select(_ => $"word{random.Next(20_000)}"));
    }
}
