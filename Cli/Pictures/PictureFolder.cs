using System.IO.Enumeration;
using MplugCluster.Cli.CommandLine;

namespace MplugCluster.Cli.Pictures;

/// <summary>The pictures below a folder.</summary>
static class PictureFolder
{
    static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    /// <summary>Whether a file's name says that it is a picture.</summary>
    public static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>What is said of a folder that is none.</summary>
    public static UsageException Missing(string folder) =>
        new(File.Exists(folder) ? $"'{folder}' is a file, not a folder." : $"There is no folder '{folder}'.");

    /// <summary>All of them, by id. Hidden files and folders are left out, and linked folders are not entered.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    public static IReadOnlyList<PictureFile> Scan(string folder)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw Missing(folder);
        var files = new FileSystemEnumerable<string>(
            root,
            static (ref entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden })
        {
            ShouldIncludePredicate = static (ref entry) =>
                !entry.IsDirectory && IsPicture(entry.FileName.ToString()),
            ShouldRecursePredicate = static (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return [.. files.Select(path => PictureFile.Of(root, path)).OrderBy(file => file.Id, StringComparer.Ordinal)];
    }
}
