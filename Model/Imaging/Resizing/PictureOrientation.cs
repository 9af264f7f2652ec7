namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>An EXIF orientation as what it does to the stored pixels: mirror columns, mirror rows, then perhaps swap the axes.</summary>
readonly record struct PictureOrientation(bool MirrorsColumns, bool MirrorsRows, bool SwapsAxes)
{
    /// <param name="exif">1-8; anything else means upright.</param>
    public static PictureOrientation FromExif(int exif) => new(
        MirrorsColumns: exif is 2 or 3 or 7 or 8,
        MirrorsRows: exif is 3 or 4 or 6 or 7,
        SwapsAxes: exif is >= 5 and <= 8);
}
