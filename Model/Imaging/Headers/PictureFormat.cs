namespace MplugCluster.Model.Imaging.Headers;

/// <summary>The formats that are read, known by their first bytes and never by a file name.</summary>
enum PictureFormat
{
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
}
