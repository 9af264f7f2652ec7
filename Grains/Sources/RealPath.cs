namespace MplugCluster.Grains.Sources;

/// <summary>Paths without symbolic links, so that "below a folder" means what it says.</summary>
static class RealPath
{
    /// <summary>As the kernel has it: more links than this are a circle.</summary>
    const int MostLinks = 40;

    /// <summary>Number of the kernel's own error for it.</summary>
    const int TooManyLinks = 40;

    /// <summary>The path with every link in it resolved; parts that do not exist stay as they are.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="IOException">The links form a circle.</exception>
    public static string Of(string path)
    {
        var left = new Stack<string>(Parts(path).Reverse());
        var real = Path.GetPathRoot(path)!;
        for (var links = 0; left.TryPop(out var part);)
        {
            var next = Path.GetFullPath(Path.Combine(real, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException($"The links at '{next}' form a circle.", TooManyLinks);
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            foreach (var of in Parts(target).Reverse())
                left.Push(of);
        }

        return real;
    }

    /// <summary>Whether a failure is a circle of links.</summary>
    public static bool IsCircle(Exception failure) => failure is IOException { HResult: TooManyLinks };

    /// <summary>Whether a path is a folder or lies below it; both without links.</summary>
    public static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    static string[] Parts(string path) => path[(Path.GetPathRoot(path)?.Length ?? 0)..]
        .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
