using System.Collections.Concurrent;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>
/// Opens sources by their address: empty for the cluster's own store, <c>upload:name</c> for the blobs in it, <c>folder:/data/pictures</c>,
/// <c>azure:container/prefix</c>. Only what the settings allow is opened. Thread-safe.
/// </summary>
public sealed class SourceCatalog(IObjectSource store, SourceSettings settings, AzureAccount account)
{
    const string FolderScheme = "folder:";

    /// <summary>Addresses come from callers: what is kept for them must have an end.</summary>
    const int MostKept = 1000;

    readonly ConcurrentDictionary<string, IObjectSource> kept = new(StringComparer.Ordinal);
    readonly UploadedBlobs uploads = new(store);

    /// <summary>Opens a source; the network and the disk are asked only when it is read.</summary>
    /// <exception cref="SourceException">The address is none, or a setting does not allow it.</exception>
    public IObjectSource Open(string address)
    {
        if (address.Length == 0)
            return store;
        if (UploadAddress.IsMeant(address))
            return uploads;
        if (kept.TryGetValue(address, out var known))
            return known;
        var source = address.StartsWith(FolderScheme, StringComparison.Ordinal) ? OpenFolder(address[FolderScheme.Length..])
            : ContainerAddress.IsMeant(address) ? OpenContainer(address)
            : throw new SourceException($"'{address}' is not a source; write folder:/absolute/path or azure:container/prefix.");
        if (kept.Count >= MostKept)
            kept.Clear();
        return kept.GetOrAdd(address, source);
    }

    FolderSource OpenFolder(string folder)
    {
        if (!Path.IsPathFullyQualified(folder))
            throw new SourceException($"'{folder}' is not an absolute path; write folder:/absolute/path.");
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return settings.Roots.Any(root => RealPath.IsWithin(RealOf(full), RealOf(Path.GetFullPath(root)))) ? new FolderSource(full, settings.Roots)
            : throw new SourceException(
                $"The folder '{folder}' may not be read: it is not below a directory that Mplug:Sources:Roots names. Whoever runs the cluster can add it there.");
    }

    IObjectSource OpenContainer(string text)
    {
        if (!ContainerAddress.TryParse(text, out var address, out var fault))
            throw new SourceException(fault);
        if (!settings.Containers.Contains(address.Container) && !settings.Containers.Contains(SourceSettings.AnyContainer))
        {
            throw new SourceException(
                $"The container '{address.Container}' may not be read: Mplug:Sources:Containers does not name it. Whoever runs the cluster can add it there.");
        }

        return account.IsSet ? AzureObjectStore.OpenSource(account, address)
            : throw new SourceException($"'{text}' needs an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.");
    }

    static string RealOf(string path)
    {
        try
        {
            return RealPath.Of(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
