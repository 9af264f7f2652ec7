using System.Globalization;

namespace MplugCluster.Cli.Pictures;

/// <summary>A picture in a folder.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Id">Its path within the folder, with '/'.</param>
/// <param name="Source">Size and time of last change: the same, and it counts as unchanged.</param>
sealed record PictureFile(string Path, string Id, string Source)
{
    /// <summary>A file of a folder.</summary>
    public static PictureFile Of(string folder, string path)
    {
        var info = new FileInfo(path);
        return new PictureFile(
            path,
            System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/'),
            string.Create(CultureInfo.InvariantCulture, $"size={info.Length} mtime={info.LastWriteTimeUtc.Ticks}"));
    }
}
