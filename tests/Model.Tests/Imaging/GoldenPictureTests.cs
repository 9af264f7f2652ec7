using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>Every picture of every reference set, stage by stage. Exact, with a codec whose JPEG is libjpeg's.</summary>
public sealed class GoldenPictureTests
{
    // Rule 6: the reference clips 16-bit grey to white, we take the high byte.
    const string Grey16 = "09_png_grey16.png";
    const string Exif6 = "05_jpeg_exif6.jpg";
    const float PixelTolerance = 2e-5f;

    public static TheoryData<string, int> Pictures()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in GoldenSet.Names)
        {
            for (int index = 0; index < new GoldenSet(name).Pictures.Length; index++)
                data.Add(name, index);
        }
        return data;
    }

    [Theory, MemberData(nameof(Pictures))]
    public void Decode_GoldenPicture_SameRgb(string setName, int index)
    {
        var set = new GoldenSet(setName);
        var (file, expected) = (set.Pictures[index], set.Picture(index));
        SkipUnlessExact(file);
        var decoded = DecodedPicture.Decode(set.Read(file));

        Assert.Equal(expected.GetProperty("stored_size_wh")[0].GetInt32(), decoded.Width);
        Assert.Equal(expected.GetProperty("stored_size_wh")[1].GetInt32(), decoded.Height);
        if (file == Grey16)
        {
            // The upper half holds values below 256, so all its high bytes are 0.
            Assert.All(decoded.Rgb.Take(decoded.Rgb.Length / 2), value => Assert.Equal(0, value));
            Assert.True(decoded.Rgb.Skip(decoded.Rgb.Length / 2).Distinct().Count() > 100);
            return;
        }
        byte[] rgb = file == Exif6 ? TurnClockwise(decoded) : decoded.Rgb;
        Assert.Equal(expected.GetProperty("decoded_rgb_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(rgb)));
        if (set.Decoded(index) is { } png)
            Assert.Equal(DecodedPicture.Decode(png).Rgb, rgb);
    }

    [Theory, MemberData(nameof(Pictures))]
    public void Resize_GoldenPicture_SameBytes(string setName, int index)
    {
        var set = new GoldenSet(setName);
        SkipUnlessExact(set.Pictures[index]);
        if (set.Pictures[index] == Grey16)
            return;
        int size = 3 * set.Resolution * set.Resolution;
        byte[] expected = set.Array("resized_u8")[(index * size)..((index + 1) * size)];
        Assert.Equal(expected, Resized(set, index, applyOrientation: true));
    }

    [Theory, MemberData(nameof(Pictures))]
    public void TryPreprocess_GoldenPicture_SamePixels(string setName, int index)
    {
        var set = new GoldenSet(setName);
        SkipUnlessExact(set.Pictures[index]);
        Assert.True(new PicturePreprocessor(set.Resolution).TryPreprocess(set.Read(set.Pictures[index]), true, out var pixels, out _));
        Assert.Equal(3 * set.Resolution * set.Resolution, pixels.Length);
        if (set.Pictures[index] == Grey16)
            return;
        var expected = MemoryMarshal.Cast<byte, float>(set.Array("pixels")).Slice(index * pixels.Length, pixels.Length);
        for (int i = 0; i < pixels.Length; i++)
            Assert.Equal(expected[i], pixels[i], PixelTolerance);
    }

    [Fact]
    public void Resize_OrientationIgnored_SameBytesAsAliceMind()
    {
        SkipUnlessExact(Exif6);
        Assert.All(GoldenSet.Names, name =>
        {
            var set = new GoldenSet(name);
            int index = Array.IndexOf(set.Pictures, Exif6);
            Assert.Equal(set.Array("resized_u8_exif_alicemind"), Resized(set, index, applyOrientation: false));
        });
    }

    static byte[] Resized(GoldenSet set, int index, bool applyOrientation)
    {
        var preprocessor = new PicturePreprocessor(set.Resolution);
        Assert.True(preprocessor.TryResize(set.Read(set.Pictures[index]), applyOrientation, out var resized, out var error), error?.Reason);
        using (resized)
            return PillowBicubicTests.Rgb(resized.Pixels);
    }

    static byte[] TurnClockwise(DecodedPicture stored)
    {
        var turned = new byte[stored.Rgb.Length];
        for (int y = 0; y < stored.Width; y++)
        {
            for (int x = 0; x < stored.Height; x++)
                stored.Rgb.AsSpan(3 * ((stored.Height - 1 - x) * stored.Width + y), 3).CopyTo(turned.AsSpan(3 * (y * stored.Height + x)));
        }
        return turned;
    }

    static void SkipUnlessExact(string file) => Assert.SkipUnless(
        PicturePreprocessor.CodecId.StartsWith("skia", StringComparison.Ordinal) || !(file == Grey16 || file.EndsWith(".jpg", StringComparison.Ordinal)),
        $"{PicturePreprocessor.CodecId} decodes JPEG with other arithmetic, and rounds samples of 16 bits");
}
