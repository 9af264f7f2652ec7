using SkiaSharp;

namespace MplugCluster.Model.Imaging.Skia;

/// <summary>SkiaSharp's JPEG encoder.</summary>
sealed unsafe class SkiaPictureEncoder : IPictureEncoder
{
    public byte[] Jpeg(ReadOnlySpan<byte> pixels, int width, int height, int quality)
    {
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        fixed (byte* first = pixels)
        {
            using var map = new SKPixmap(info, (nint)first);
            using var file = map.Encode(SKEncodedImageFormat.Jpeg, quality);
            return file?.ToArray() ?? throw new InvalidOperationException($"Skia could not write a JPEG of {width} x {height} pixels");
        }
    }
}
