using MplugCluster.Model.Imaging;

namespace MplugCluster.Model.Tests.Imaging;

public sealed class PictureAllocationTests
{
    const int Limit = 4096;
    const int Pictures = 8;
    const int Attempts = 20;

    [Theory]
    [InlineData("02_jpeg420_large.jpg")]
    [InlineData("04_jpeg_progressive.jpg")]
    [InlineData("05_jpeg_exif6.jpg")]
    [InlineData("06_png_rgb.png")]
    [InlineData("08_png_palette_transparent_wide.png")]
    public void TryPreprocess_ArraysHandedBack_HardlyAllocates(string name)
    {
        Assert.SkipUnless(PicturePreprocessor.CodecId.StartsWith("skia", StringComparison.Ordinal), "this codec allocates what it likes");
        var preprocessor = new PicturePreprocessor(384);
        var file = File.ReadAllBytes(Path.Combine(Repository.Golden("tiny-stride3"), "images", name));
        var least = long.MaxValue;

        // The first attempts fill the pools; other tests' garbage collections may empty them between two pictures, but not each time.
        for (var attempt = 0; attempt < Attempts && least > Limit; attempt++)
            least = Math.Min(least, BytesPerPicture(preprocessor, file));

        Assert.InRange(least, 0, Limit);
    }

    [Fact]
    public void Recycle_ArrayOfThisSize_IsFilledAgainAndOthersAreNot()
    {
        var preprocessor = new PicturePreprocessor(56);
        var file = File.ReadAllBytes(Path.Combine(Repository.Golden("tiny-stride3"), "images", "01_jpeg444.jpg"));
        Assert.True(preprocessor.TryPreprocess(file, true, out var first, out _));
        var copy = first.ToArray();

        preprocessor.Recycle(first);
        preprocessor.Recycle(new float[7]);
        Assert.True(preprocessor.TryPreprocess(file, true, out var second, out _));
        Assert.True(preprocessor.TryPreprocess(file, true, out var third, out _));

        Assert.Same(first, second);
        Assert.NotSame(second, third);
        Assert.Equal(copy, second);
        Assert.Equal(copy, third);
    }

    static long BytesPerPicture(PicturePreprocessor preprocessor, byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var picture = 0; picture < Pictures; picture++)
        {
            Assert.True(preprocessor.TryPreprocess(file, true, out var pixels, out _));
            preprocessor.Recycle(pixels);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Pictures;
    }
}
