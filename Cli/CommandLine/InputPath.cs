namespace MplugCluster.Cli.CommandLine;

/// <summary>
/// Files and folders that the command line names to be read. They are looked at before anything is started: one that cannot be used is a wrong command
/// line, not a failure.
/// </summary>
static class InputPath
{
    /// <summary>A file that is there, can be opened and holds something.</summary>
    /// <param name="path">As given.</param>
    /// <param name="noun">What it should be, in the message.</param>
    /// <exception cref="UsageException">It is not so.</exception>
    public static string File(string path, string noun = "file")
    {
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder, not a {noun}.");
        if (!System.IO.File.Exists(path))
            throw new UsageException($"There is no {noun} '{path}'.");
        if (!IsStream(path) && Opened(path) == 0)
            throw new UsageException($"'{path}' is empty.");
        return path;
    }

    /// <summary>A folder that is there, can be listed and holds something.</summary>
    /// <param name="path">As given.</param>
    /// <param name="noun">What it should be, in the message.</param>
    /// <exception cref="UsageException">It is not so.</exception>
    public static string Folder(string path, string noun = "folder")
    {
        if (System.IO.File.Exists(path))
            throw new UsageException($"'{path}' is a file, not a {noun}.");
        if (!Directory.Exists(path))
            throw new UsageException($"There is no {noun} '{path}'.");
        return !IsEmpty(path) ? path : throw new UsageException($"'{path}' is empty.");
    }

    /// <summary>A model package or a checkpoint: a folder, or a file of weights in one.</summary>
    /// <param name="path">As given.</param>
    /// <param name="missing">What is said when it is not there.</param>
    /// <exception cref="UsageException">It is not there, cannot be read or is empty.</exception>
    public static string Model(string path, string missing)
    {
        if (System.IO.File.Exists(path))
            return File(path);
        return Directory.Exists(path) ? Folder(path) : throw new UsageException(missing);
    }

    /// <summary>What is read from a file that the command line names; one of another form than the verb takes is a wrong command line too.</summary>
    /// <exception cref="UsageException">It cannot be read so.</exception>
    public static async Task<T> Read<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>What a shell puts in place of <c>&lt;(...)</c>: looking into it would take something out.</summary>
    static bool IsStream(string path) => Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal));

    static long Opened(string path)
    {
        try
        {
            using var file = System.IO.File.OpenRead(path);
            return file.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {e.Message}");
        }
    }

    static bool IsEmpty(string path)
    {
        try
        {
            return !Directory.EnumerateFileSystemEntries(path).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {e.Message}");
        }
    }
}
