using MplugCluster.Grains.Sources;

namespace MplugCluster.Silo.Options;

/// <summary>
/// What corpora may be filled from besides uploads: section <c>Mplug:Sources</c>. Whoever may call the API may read all of it. The same on every
/// silo of a cluster, whose machines must see the same folders.
/// </summary>
public sealed record SourceOptions
{
    /// <summary>
    /// Directories, separated as in PATH (':', on Windows ';'), below which folders may be read; links that lead out of all of them are not
    /// followed. Default: empty, none.
    /// </summary>
    public string Roots { get; init; } = "";

    /// <summary>
    /// Containers of the <c>Mplug:Azure</c> account that may be read, separated by commas; <c>*</c> for all of them, the store's own included.
    /// Default: empty, none.
    /// </summary>
    public string Containers { get; init; } = "";

    /// <summary>As the catalog wants it.</summary>
    internal SourceSettings Settings => new(Split(Roots, Path.PathSeparator), Split(Containers, ','));

    static string[] Split(string list, char separator) =>
        list.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
