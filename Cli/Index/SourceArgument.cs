using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Index;

/// <summary>A source as the command line names it: a path of this machine, or what the cluster reads: <c>folder:/path</c>, <c>azure:container/prefix</c>.</summary>
static class SourceArgument
{
    const string Azure = "azure:", Folder = "folder:";

    static readonly string[] Files = [".tar", ".jsonl", ".csv", ".parquet"];

    /// <summary>The source of an ingest.</summary>
    /// <param name="source">The argument.</param>
    /// <param name="kind">What it is, if that is said.</param>
    /// <param name="pictures">What paths in a manifest are relative to, if that is said.</param>
    /// <param name="hasServer">Whether the cluster is on a server, so that who means a path of it is told how to write that.</param>
    /// <exception cref="UsageException">There is no such file or folder, or its kind is not known.</exception>
    public static NamedSource Of(string source, string? kind, string? pictures, bool hasServer = false)
    {
        var elsewhere = hasServer ? $" on this machine. One of the server's is '{Folder}{source}'." : ".";
        var isHere = !IsAddress(source);
        var isFile = kind is not (null or "folder" or "container")
            || (kind is null && Files.Contains(Path.GetExtension(source).ToLowerInvariant()) && !Directory.Exists(source));
        var (address, path) = (AddressOf(source), "");
        if (isFile)
            (address, path) = Split(address, source);
        else if (isHere && !Directory.Exists(source))
        {
            throw new UsageException(File.Exists(source)
                ? $"'{source}' is a file of no known kind; set --kind: tar, jsonl, csv or parquet."
                : $"There is no folder '{source}'{elsewhere}");
        }

        if (isFile && isHere && !File.Exists(source))
            throw new UsageException($"There is no file '{source}'{elsewhere}");
        if (isHere)
            kind ??= isFile ? Path.GetExtension(source).TrimStart('.').ToLowerInvariant() : "folder";
        return new NamedSource(new IngestSource(address, kind, path, pictures is null ? null : AddressOf(pictures)), isHere);
    }

    /// <summary>Ends the command if a source and its pictures are not on the same machine, where that is the server's or this one.</summary>
    /// <exception cref="UsageException">One is here, the other one there.</exception>
    public static void CheckOnOneSide(NamedSource named, string? pictures)
    {
        if (pictures is null || IsAddress(pictures) != named.IsHere)
            return;
        throw new UsageException(named.IsHere
            ? $"With --server, the pictures of a manifest of this machine are on this machine too; '{pictures}' is the server's. Put the manifest there as well."
            : $"With --server, the pictures of a manifest that the server reads are the server's too; write --pictures folder:/path or azure:container/prefix, not '{pictures}'.");
    }

    static bool IsAddress(string source) => source.StartsWith(Azure, StringComparison.Ordinal) || source.StartsWith(Folder, StringComparison.Ordinal);

    static string AddressOf(string source) => IsAddress(source) ? source : Folder + Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));

    /// <summary>A file's folder or container, and its path in it.</summary>
    static (string Address, string Path) Split(string address, string source)
    {
        var slash = address.StartsWith(Azure, StringComparison.Ordinal) ? address.IndexOf('/') : address.LastIndexOfAny(['/', '\\']);
        if (slash < 0)
            throw new UsageException($"'{source}' names no file.");
        var folder = address[..slash];
        return (folder == Folder || folder.EndsWith(':') ? folder + "/" : folder, address[(slash + 1)..]);
    }
}
