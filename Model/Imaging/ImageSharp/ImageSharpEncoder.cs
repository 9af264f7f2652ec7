using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace MplugCluster.Model.Imaging.ImageSharp;

/// <summary>ImageSharp's JPEG encoder.</summary>
sealed class ImageSharpEncoder : IPictureEncoder
{
    public byte[] Jpeg(ReadOnlySpan<byte> pixels, int width, int height, int quality)
    {
        using var image = Image.LoadPixelData<Rgba32>(pixels, width, height);
        using var file = new MemoryStream();
        image.SaveAsJpeg(file, new JpegEncoder { Quality = quality });
        return file.ToArray();
    }
}
