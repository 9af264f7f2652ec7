namespace MplugCluster.Model.Imaging;

/// <summary>The one place where the codec library is chosen: at build time, by the property <c>ImageCodec</c>.</summary>
static class ImageDecoders
{
#if IMAGESHARP
    public static IImageDecoder Create() => new ImageSharp.ImageSharpDecoder();
#else
    public static IImageDecoder Create() => new Jpeg.PlainJpegDecoder(new Skia.SkiaImageDecoder());
#endif
}
