namespace MplugCluster.Model.Imaging;

/// <summary>The encoder of the codec library that <see cref="ImageDecoders"/> decodes with.</summary>
static class PictureEncoders
{
#if IMAGESHARP
    public static IPictureEncoder Create() => new ImageSharp.ImageSharpEncoder();
#else
    public static IPictureEncoder Create() => new Skia.SkiaPictureEncoder();
#endif
}
