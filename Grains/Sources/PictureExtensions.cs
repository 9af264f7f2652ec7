namespace MplugCluster.Grains.Sources;

/// <summary>Which names are pictures'.</summary>
static class PictureExtensions
{
    static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp" };

    /// <summary>Whether a path has a picture's extension.</summary>
    public static bool Has(string path) => Known.Contains(Path.GetExtension(path));
}
