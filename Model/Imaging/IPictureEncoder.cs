namespace MplugCluster.Model.Imaging;

/// <summary>A codec library: from pixels to a JPEG file. Thread-safe.</summary>
interface IPictureEncoder
{
    /// <summary>A baseline JPEG without any metadata.</summary>
    /// <param name="pixels"><c>[height, width, 4]</c>: red, green, blue and one byte that means nothing.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="quality">1 to 100.</param>
    byte[] Jpeg(ReadOnlySpan<byte> pixels, int width, int height, int quality);
}
