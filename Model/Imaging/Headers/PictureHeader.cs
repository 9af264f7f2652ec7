namespace MplugCluster.Model.Imaging.Headers;

/// <summary>What a file says of itself before any pixel is decoded.</summary>
/// <param name="Format">By the first bytes.</param>
/// <param name="Width">Stored width in pixels, before orientation.</param>
/// <param name="Height">Stored height in pixels, before orientation.</param>
/// <param name="Orientation">EXIF orientation 1-8; 1 when absent or nonsense.</param>
/// <param name="Scans">Number of JPEG scans; 1 for other formats.</param>
/// <param name="Components">JPEG colour components (1 grey, 3 YCbCr or RGB, 4 CMYK); 0 for other formats.</param>
/// <param name="Truncated">A JPEG that ends before its end-of-image marker; other formats are found out by the codec.</param>
/// <param name="Gathered">A JPEG whose coefficients a codec gathers before it makes pixels, however many scans the file really has.</param>
/// <param name="FramePixelBytes">Bytes of a pixel in what the codec library holds at once, where it gives no strips of rows.</param>
readonly record struct PictureHeader(
    PictureFormat Format, int Width, int Height, int Orientation = 1, int Scans = 1, int Components = 0, bool Truncated = false,
    bool Gathered = false, int FramePixelBytes = 4)
{
    public long Pixels => (long)Width * Height;

    /// <summary>
    /// Bytes that the codec library holds at once: nothing worth counting where it gives strips of rows, which it does for BMP and for a JPEG whose first
    /// scan is the whole picture; the coefficients of any other JPEG, two bytes for each component; else the frame, and what the codec holds besides.
    /// </summary>
    public long FrameBytes => Format switch
    {
        PictureFormat.Bmp => 0,
        PictureFormat.Jpeg => Scans > 1 || Gathered ? 2 * Components * Pixels : 0,
        _ => FramePixelBytes * Pixels,
    };
}
