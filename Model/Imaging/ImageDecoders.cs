namespace MplugCluster.Model.Imaging;

/// <summary>The one place where the codec library is chosen: at build time, by the property <c>ImageCodec</c>.</summary>
static class ImageDecoders
{
#if IMAGESHARP
    public static IImageDecoder Create() => Library();

    /// <summary>The library alone.</summary>
    public static IImageDecoder Library(FrameBudget? budget = null) => new ImageSharp.ImageSharpDecoder(budget ?? FrameBudget.Shared);
#else
    public static IImageDecoder Create() => new Jpeg.PlainJpegDecoder(new Png.PlainPngDecoder(Library()));

    /// <summary>The library alone, without what is decoded here.</summary>
    public static IImageDecoder Library(FrameBudget? budget = null) => new Skia.SkiaImageDecoder(budget ?? FrameBudget.Shared);
#endif
}
