using MplugCluster.Gateway.Caches;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cli.Cache;

/// <summary>
/// The image features below a directory, looked at without opening it as a store, which would make and sweep files in it. What lies behind a link is
/// somebody else's.
/// </summary>
static class StoreFolder
{
    static readonly EnumerationOptions Own = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>
    /// Whether a cluster has used a directory as its store: either it was taken, as a Gateway and mplug do, or something was written in turn.
    /// That there is a <c>.tmp</c> says nothing: other programs make one too.
    /// </summary>
    public static bool IsStore(string directory) =>
        File.Exists(Path.Combine(directory, ".cluster", "lock")) || File.Exists(Path.Combine(directory, ".tmp", ".lock"));

    /// <summary>Lists them, in order.</summary>
    /// <exception cref="StoreException">A folder cannot be read.</exception>
    public static IReadOnlyList<FileInfo> List(string directory)
    {
        var features = new DirectoryInfo(Path.Combine(directory, FeatureStore.Folder));
        if (!features.Exists || features.Attributes.HasFlag(FileAttributes.ReparsePoint))
            return [];
        try
        {
            return [.. features.EnumerateFiles("*", Own).Where(file => FeatureFiles.IsFeature(PathOf(directory, file))).OrderBy(file => file.FullName, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The features in '{directory}' cannot be listed: {e.Message}", e);
        }
    }

    /// <summary>A file's path in the store.</summary>
    public static string PathOf(string directory, FileInfo file) => Path.GetRelativePath(directory, file.FullName).Replace('\\', '/');

    /// <summary>Deletes one; false if it is gone already.</summary>
    /// <exception cref="StoreException">It cannot be deleted.</exception>
    public static bool Delete(FileInfo file)
    {
        try
        {
            var existed = File.Exists(file.FullName);
            file.Delete();
            return existed;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"'{file.FullName}' cannot be deleted: {e.Message}", e);
        }
    }
}
