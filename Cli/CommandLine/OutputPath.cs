namespace MplugCluster.Cli.CommandLine;

/// <summary>
/// Files and folders that the command line names to be written. They are tried before the work that would be lost without them, and are left as
/// they were.
/// </summary>
static class OutputPath
{
    /// <summary>A file that can be written.</summary>
    /// <param name="path">As given.</param>
    /// <param name="isReplaced">Whether it is written beside its place first and then takes it.</param>
    /// <exception cref="UsageException">It is a folder, its folder is not there, or one may not write it.</exception>
    public static string File(string path, bool isReplaced = false)
    {
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder; a file is to be written.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
            throw new UsageException($"There is no folder '{folder}' for '{path}'.");
        Try(path, System.IO.File.Exists(path) && !isReplaced
            ? () => System.IO.File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite).Dispose()
            : () => MakeFileIn(folder));
        return path;
    }

    /// <summary>A folder that can be written, or made.</summary>
    /// <param name="path">As given.</param>
    /// <param name="newFor">What must have it for itself, in the message; null: it may hold other things.</param>
    /// <exception cref="UsageException">It or what stands above it is a file, one may not write it, or it is in use.</exception>
    public static string Folder(string path, string? newFor = null)
    {
        var above = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        while (!Directory.Exists(above))
        {
            if (System.IO.File.Exists(above))
                throw new UsageException($"'{above}' is a file; a folder {(above == Path.GetFullPath(path) ? "is to be written" : $"is needed for '{path}'")}.");
            above = Path.GetDirectoryName(above) ?? throw new UsageException($"There is nothing that '{path}' could be made in.");
        }

        Try(path, () =>
        {
            MakeFileIn(above);
            if (newFor is not null && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw new UsageException($"'{path}' exists and is not empty; {newFor} to a new directory.");
        });
        return path;
    }

    static void MakeFileIn(string folder) => System.IO.File.Create(
        Path.Combine(folder, $".mplug-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();

    static void Try(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be written: {e.Message}");
        }
    }
}
