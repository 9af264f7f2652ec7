using System.Buffers.Binary;
using System.Text;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>Files that cannot be used: each gives a value that says why, before any codec has seen more than its header.</summary>
public sealed class PicturePreprocessorTests
{
    static readonly PicturePreprocessor Preprocessor = new(56);

    [Theory]
    [InlineData("", PictureErrorCode.Unreadable, "the file is empty")]
    [InlineData("hello, this is text", PictureErrorCode.Unsupported, "not a picture in a known format; JPEG, PNG, WebP, GIF and BMP are supported")]
    [InlineData("II*\0........", PictureErrorCode.Unsupported, "TIFF is not supported")]
    [InlineData("\0\0\0\u0018ftypheic....", PictureErrorCode.Unsupported, "HEIF, AVIF or video is not supported")]
    [InlineData("%PDF-1.7....", PictureErrorCode.Unsupported, "PDF is not supported")]
    [InlineData("<svg xmlns='...'>", PictureErrorCode.Unsupported, "SVG or XML is not supported")]
    [InlineData("GIF89a", PictureErrorCode.Unreadable, "the Gif header is cut or damaged (6 bytes)")]
    [InlineData("BM........", PictureErrorCode.Unreadable, "the Bmp header is cut or damaged")]
    [InlineData("RIFF\u0010\0\0\0WEBPVP8 ", PictureErrorCode.Unreadable, "the WebP header is cut or damaged")]
    [InlineData("\u00ff\u00d8\u00ff\u00e0", PictureErrorCode.Unreadable, "the Jpeg header is cut or damaged")]
    public void TryPreprocess_NoPicture_SaysWhy(string file, PictureErrorCode code, string reason)
    {
        var error = Fail(Encoding.Latin1.GetBytes(file));

        Assert.Equal(code, error.Code);
        Assert.Contains(reason, error.Reason);
    }

    [Fact]
    public void TryPreprocess_MoreBytesThanTheLimit_TooLarge()
    {
        var error = Fail(Sample("01_jpeg444.jpg"), new PictureLimits { MaxBytes = 100 });

        Assert.Equal(PictureErrorCode.TooLarge, error.Code);
        Assert.Matches(@"^\d+ bytes, more than the limit of 100$", error.Reason);
    }

    [Fact]
    public void TryPreprocess_PngThatClaimsMillionsOfPixels_TooLargeWithoutDecoding()
    {
        var bomb = Sample("06_png_rgb.png");
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(16), 50_000);
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), 50_000);

        var error = Fail(bomb);

        Assert.Equal(PictureErrorCode.TooLarge, error.Code);
        Assert.Equal("50000 x 50000 = 2500 million pixels, more than the limit of 100 million", error.Reason);
    }

    [Fact]
    public void TryPreprocess_PngWithAnEndlessSide_TooLarge()
    {
        var bomb = Sample("06_png_rgb.png");
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(16), 100_000);
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), 1);

        Assert.Equal("100000 x 1 pixels, a side longer than the limit of 65500", Fail(bomb).Reason);
    }

    [Fact]
    public void TryPreprocess_JpegOfManyScans_TooLarge()
    {
        var error = Fail(Sample("04_jpeg_progressive.jpg"), new PictureLimits { MaxScans = 3 });

        Assert.Equal(PictureErrorCode.TooLarge, error.Code);
        Assert.Matches(@"^\d+ JPEG scans, more than the limit of 3$", error.Reason);
    }

    [Fact]
    public void TryPreprocess_JpegWhoseScansTimesPixelsAreTooMany_TooLarge()
    {
        var error = Fail(Sample("04_jpeg_progressive.jpg"), new PictureLimits { MaxPixelScans = 1000 });

        Assert.Matches(@"pixels in \d+ JPEG scans = [\d.]+(?: million)? pixel passes, more than the limit of 1000$", error.Reason);
    }

    [Fact]
    public void TryPreprocess_JpegCutInTheMiddle_LenientUsesWhatIsThereAndStrictSaysSo()
    {
        var whole = Sample("01_jpeg444.jpg");
        var cut = whole[..(whole.Length * 2 / 3)];

        Assert.True(Preprocessor.TryPreprocess(cut, true, out var pixels, out _));
        Assert.True(Preprocessor.TryPreprocess(whole, true, out var expected, out _));
        Assert.Equal(expected[..100], pixels[..100]);
        Assert.NotEqual(expected, pixels);
        Assert.False(new PicturePreprocessor(56, null, TruncatedPictures.Reject).TryPreprocess(cut, true, out _, out var error));
        Assert.Equal("the file is cut: the JPEG has no end-of-image marker", error.Reason);
    }

    [Fact]
    public void TryPreprocess_ExifOrientation_AppliedOnlyWhenAsked()
    {
        var turned = Sample("05_jpeg_exif6.jpg");

        Preprocessor.TryPreprocess(turned, true, out var applied, out _);
        Preprocessor.TryPreprocess(turned, false, out var stored, out _);

        Assert.NotEqual(applied, stored);
    }

    [Fact]
    public void TryPreprocess_EveryFileDamagedAtRandom_APictureOrAnErrorButNoException()
    {
        var random = new Random(3);
        var refused = 0;
        foreach (var path in Directory.GetFiles(Path.Combine(Repository.Golden("tiny-stride3"), "images")))
        {
            var whole = File.ReadAllBytes(path);
            for (var round = 0; round < 40; round++)
            {
                var damaged = whole[..random.Next(1, whole.Length + 1)];
                for (var change = random.Next(0, 8); change > 0; change--)
                    damaged[random.Next(Math.Min(damaged.Length, round % 2 == 0 ? 200 : int.MaxValue))] = (byte)random.Next(256);
                var good = Preprocessor.TryPreprocess(damaged, true, out var pixels, out var error);
                Assert.Equal(good, pixels is not null);
                Assert.Equal(good, error is null);
                refused += good ? 0 : 1;
                if (good)
                    Assert.All(pixels!, value => Assert.InRange(value, -3, 3));
            }
        }

        Assert.InRange(refused, 50, 520);
    }

    [Fact]
    public void TryPreprocess_ManyThreads_SameNumbers()
    {
        var file = Sample("02_jpeg420_large.jpg");
        Preprocessor.TryPreprocess(file, true, out var expected, out _);

        Parallel.For(0, 32, _ =>
        {
            Assert.True(Preprocessor.TryPreprocess(file, true, out var pixels, out var error), error?.Reason);
            Assert.Equal(expected, pixels);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void New_ResolutionOutOfRange_Throws(int resolution) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PicturePreprocessor(resolution));

    static PictureError Fail(byte[] file, PictureLimits? limits = null)
    {
        Assert.False(new PicturePreprocessor(56, limits).TryPreprocess(file, true, out var pixels, out var error));
        Assert.Null(pixels);
        return error;
    }

    static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Repository.Golden("tiny-stride3"), "images", name));
}
