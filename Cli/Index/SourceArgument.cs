using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Index;

/// <summary>A source as the command line names it: a path, or <c>azure:container/prefix</c>.</summary>
static class SourceArgument
{
    const string Azure = "azure:";

    static readonly string[] Files = [".tar", ".jsonl", ".csv", ".parquet"];

    /// <summary>The source of an ingest.</summary>
    /// <param name="source">The argument.</param>
    /// <param name="kind">What it is, if that is said.</param>
    /// <param name="pictures">What paths in a manifest are relative to, if that is said.</param>
    /// <param name="isElsewhere">Whether paths are those of another machine.</param>
    /// <exception cref="UsageException">There is no such file or folder, or its kind is not known.</exception>
    public static IngestSource Of(string source, string? kind, string? pictures, bool isElsewhere)
    {
        var isFile = kind is not (null or "folder" or "container")
            || (kind is null && Files.Contains(Path.GetExtension(source).ToLowerInvariant()) && !Directory.Exists(source));
        var (address, path) = (AddressOf(source, isElsewhere), "");
        if (isFile)
            (address, path) = Split(address, source);
        else if (!address.StartsWith(Azure, StringComparison.Ordinal) && !isElsewhere && !Directory.Exists(source))
        {
            throw new UsageException(File.Exists(source)
                ? $"'{source}' is a file of no known kind; set --kind: tar, jsonl, csv or parquet."
                : $"There is no folder '{source}'.");
        }

        if (isFile && !isElsewhere && address.StartsWith("folder:", StringComparison.Ordinal) && !File.Exists(source))
            throw new UsageException($"There is no file '{source}'.");
        return new IngestSource(address, kind, path, pictures is null ? null : AddressOf(pictures, isElsewhere));
    }

    static string AddressOf(string source, bool isElsewhere)
    {
        if (source.StartsWith(Azure, StringComparison.Ordinal) || source.StartsWith("folder:", StringComparison.Ordinal))
            return source;
        if (isElsewhere && !Path.IsPathFullyQualified(source))
            throw new UsageException($"With --server, '{source}' must be a path of the server's machine, in full, or azure:container/prefix.");
        return "folder:" + (isElsewhere ? source : Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
    }

    /// <summary>A file's folder or container, and its path in it.</summary>
    static (string Address, string Path) Split(string address, string source)
    {
        var slash = address.StartsWith(Azure, StringComparison.Ordinal) ? address.IndexOf('/') : address.LastIndexOfAny(['/', '\\']);
        if (slash < 0)
            throw new UsageException($"'{source}' names no file.");
        var folder = address[..slash];
        return (folder == "folder:" ? "folder:/" : folder, address[(slash + 1)..]);
    }
}
