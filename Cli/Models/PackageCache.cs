using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Models;

/// <summary>
/// Packages that were imported from checkpoint directories, in the user's cache directory. When one is added, those that were used least recently
/// leave until all others fit into the limit.
/// </summary>
static class PackageCache
{
    /// <summary>Bytes that packages may have together, the newest one not counted: ten of the published model.</summary>
    public const long MaxBytes = 20_000_000_000;

    /// <summary>Where they are.</summary>
    public static string Root
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
            {
                cache = OperatingSystem.IsWindows()
                    ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            }

            return Path.Combine(cache, "mplug", "packages");
        }
    }

    /// <summary>All packages, the one used last first.</summary>
    public static IReadOnlyList<CachedPackage> List() => !Directory.Exists(Root) ? [] :
    [
        .. new DirectoryInfo(Root).EnumerateDirectories().Where(directory => ModelPackage.IsPackage(directory.FullName))
            .Select(directory => new CachedPackage(
                directory.FullName, SourceOf(directory.FullName), directory.EnumerateFiles().Sum(file => file.Length), directory.LastWriteTimeUtc))
            .OrderByDescending(package => package.Used).ThenBy(package => package.Path, StringComparer.Ordinal),
    ];

    /// <summary>Notes that a package is used.</summary>
    public static void Use(string package)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(package, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that can only be read serves all the same; its order is then that of the imports.
        }
    }

    /// <summary>Deletes what was used least recently, until what is not <paramref name="kept"/> fits into the limit.</summary>
    /// <returns>What was deleted.</returns>
    public static IReadOnlyList<CachedPackage> Trim(string kept, long maxBytes = MaxBytes)
    {
        var sum = 0L;
        CachedPackage[] surplus = [.. List().Where(package => package.Path != kept && (sum += package.Bytes) > maxBytes)];
        foreach (var package in surplus)
            Directory.Delete(package.Path, recursive: true);
        return surplus;
    }

    static string SourceOf(string directory)
    {
        try
        {
            return ModelPackage.Open(directory, checkContent: false).Manifest.Source;
        }
        catch (PackageException)
        {
            return "damaged";
        }
    }
}
