using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>Small pictures for people.</summary>
public sealed class PictureThumbnailsTests
{
    static byte[] Golden(string name) => File.ReadAllBytes(Path.Combine(Repository.Golden("tiny-stride3"), "images", name));

    [Theory]
    [InlineData("01_jpeg444.jpg")]
    [InlineData("05_jpeg_exif6.jpg")]
    [InlineData("07_png_rgba.png")]
    [InlineData("10_webp_lossy.webp")]
    [InlineData("11_bmp.bmp")]
    [InlineData("12_gif_animated.gif")]
    [InlineData("13_png_1x1.png")]
    public void Thumbnail_OfAnyFormat_IsAnUprightJpegOfTheSameShape(string name)
    {
        var file = Golden(name);
        Assert.True(PictureHeaderReader.TryRead(file, out var header, out _));
        Assert.True(new PictureThumbnails().TryMake(file, 32, out var thumbnail, out _));
        Assert.True(PictureHeaderReader.TryRead(thumbnail, out var small, out _));

        var (width, height) = header.Orientation >= 5 ? (header.Height, header.Width) : (header.Width, header.Height);
        var scale = Math.Min(1.0, 32.0 / Math.Max(width, height));
        Assert.Equal(PictureFormat.Jpeg, small.Format);
        Assert.Equal(1, small.Orientation);
        Assert.InRange(small.Width, width * scale - 1, width * scale + 1);
        Assert.InRange(small.Height, height * scale - 1, height * scale + 1);
    }

    [Fact]
    public void Thumbnail_OfNoPicture_SaysWhy()
    {
        Assert.False(new PictureThumbnails().TryMake("<svg/>"u8, 32, out _, out var error));
        Assert.Equal(PictureErrorCode.Unsupported, error.Code);
        Assert.Null(PictureMediaTypes.Of("<svg/>"u8));
        Assert.False(new PictureThumbnails(new PictureLimits { MaxPixels = 10 }).TryMake(Golden("01_jpeg444.jpg"), 32, out _, out error));
        Assert.Equal(PictureErrorCode.TooLarge, error.Code);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1025)]
    public void Thumbnail_SizeOutOfRange_Throws(int side) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureThumbnails().TryMake(Golden("13_png_1x1.png"), side, out _, out _));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shrinker_RowsInAnyOrder_GivesTheMeanOfEachArea(bool bottomUp)
    {
        // 3 x 4 pixels to 2 x 2: the middle column and the outer rows are shared.
        byte[] reds = [0, 60, 120, 0, 60, 120, 240, 240, 240, 240, 240, 240];
        var shrinker = new AreaShrinker(2);
        shrinker.Begin(3, 4, bottomUp);
        foreach (var row in bottomUp ? [3, 2, 1, 0] : new[] { 0, 1, 2, 3 })
            shrinker.Push([.. Enumerable.Range(0, 3).SelectMany(x => new byte[] { reds[3 * row + x], 7, 9, 0 })]);

        var (pixels, width, height) = shrinker.Upright(PictureOrientation.FromExif(1));

        Assert.Equal((2, 2), (width, height));
        Assert.Equal([20, 100, 240, 240], pixels.Where((_, i) => i % 4 == 0));
        Assert.All(pixels.Where((_, i) => i % 4 == 1), green => Assert.Equal(7, green));
    }

    [Theory]
    [InlineData(1, "abcdef")]
    [InlineData(2, "badcfe")]
    [InlineData(3, "fedcba")]
    [InlineData(6, "ecafdb")]
    [InlineData(8, "bdface")]
    public void Shrinker_ExifOrientation_TurnsTheResult(int exif, string expected)
    {
        // Stored: two columns, three rows, "ab", "cd", "ef"; nothing is made smaller.
        var shrinker = new AreaShrinker(3);
        shrinker.Begin(2, 3, bottomUp: false);
        shrinker.Push([.. "abcdef".SelectMany(c => new byte[] { (byte)c, 0, 0, 0 })]);

        var (pixels, width, _) = shrinker.Upright(PictureOrientation.FromExif(exif));

        Assert.Equal(exif >= 5 ? 3 : 2, width);
        Assert.Equal(expected, string.Concat(pixels.Where((_, i) => i % 4 == 0).Select(b => (char)b)));
    }
}
