using System.Runtime.CompilerServices;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>
/// A directory of this machine, read only. Links are followed as long as they stay below the roots that may be read; each file is judged anew
/// whenever it is read, because links can change.
/// </summary>
sealed class FolderSource(string folder, IReadOnlyList<string> roots) : IObjectSource
{
    /// <summary>Reads from a file.</summary>
    /// <exception cref="SourceException">A link leads out of what may be read.</exception>
    public async Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default)
    {
        try
        {
            return await FileBytes.Read(Locate(path), offset, length, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            ThrowIfGone();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    /// <inheritdoc/>
    public Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var file = new FileInfo(Locate(path));
            if (file.Exists)
                return Task.FromResult<ObjectInfo?>(Describe(path, file));
            ThrowIfGone();
            return Task.FromResult<ObjectInfo?>(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    /// <inheritdoc/>
    public string? LocalFile(string path) => Locate(path);

    /// <inheritdoc/>
    /// <remarks>Directory by directory: no more than the entries of the open ones are held.</remarks>
    public async IAsyncEnumerable<ObjectInfo> List(string within, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var start = within.Length == 0 ? RealPath.Of(folder) : Locate(within);
        ThrowIfGone();
        if (!Directory.Exists(start))
            yield break;
        var open = new Stack<(string Real, IEnumerator<Entry> Entries)>();
        open.Push((start, await Entries(within, start)));
        while (open.TryPeek(out var top))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!top.Entries.MoveNext())
            {
                open.Pop();
                continue;
            }

            var entry = top.Entries.Current;
            if (entry.Directory is null)
                yield return entry.Info;
            else if (open.Any(outer => RealPath.IsWithin(outer.Real, entry.Directory)))
                yield return entry.Info with { Fault = "it is a link to a folder that it lies in." };
            else if (await Open(entry) is { } inner)
                open.Push((entry.Directory, inner));
            else
                yield return entry.Info with { Fault = "the folder cannot be read." };
        }
    }

    async Task<IEnumerator<Entry>?> Open(Entry entry)
    {
        try
        {
            return await Entries(entry.Info.Path, entry.Directory!);
        }
        catch (StoreException)
        {
            // One closed folder is that folder's error, not the end of the listing.
            return null;
        }
    }

    /// <summary>Entries of one directory, so ordered that the whole listing is in ordinal order: a folder stands where its files' paths do.</summary>
    async Task<IEnumerator<Entry>> Entries(string within, string real)
    {
        try
        {
            var found = await Task.Run(() => new DirectoryInfo(real).EnumerateFileSystemInfos().Select(entry => Look(within, entry)).OfType<Entry>().ToList());
            return found.OrderBy(entry => entry.Directory is null ? entry.Info.Path : entry.Info.Path + '/', StringComparer.Ordinal).GetEnumerator();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(within, e);
        }
    }

    /// <summary>Null for what was deleted while it was listed.</summary>
    Entry? Look(string within, FileSystemInfo entry)
    {
        var path = within.Length == 0 ? entry.Name : $"{within}/{entry.Name}";
        try
        {
            if (entry.LinkTarget is null)
                return entry is FileInfo file ? new Entry(Describe(path, file), null) : new Entry(Unread(path, null), entry.FullName);
            var real = RealPath.Of(entry.FullName);
            if (!IsAllowed(real))
                return new Entry(Unread(path, "it is a link that leads out of the folders that may be read."), null);
            return Directory.Exists(real) ? new Entry(Unread(path, null), real)
                : File.Exists(real) ? new Entry(Describe(path, new FileInfo(real)), null)
                : new Entry(Unread(path, "it is a link that leads nowhere."), null);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException e)
        {
            return new Entry(Unread(path, e.Message), null);
        }
    }

    string Locate(string path)
    {
        var real = RealPath.Of(Path.Combine(folder, ObjectPath.CheckSource(path)));
        if (IsAllowed(real))
            return real;
        throw IsAllowed(RealPath.Of(folder))
            ? new SourceException($"'{path}' in 'folder:{folder}' is a link that leads out of the folders that Mplug:Sources:Roots allows.")
            : new StoreException($"The folder '{folder}' has become a link that leads out of the folders that Mplug:Sources:Roots allows.");
    }

    bool IsAllowed(string real) => roots.Any(root => RealPath.IsWithin(real, RealPath.Of(Path.GetFullPath(root))));

    void ThrowIfGone()
    {
        if (!Directory.Exists(folder))
            throw new StoreException($"There is no folder '{folder}' on the machine '{Environment.MachineName}'. Check the name, and that it is mounted on every silo.");
    }

    StoreException Failed(string path, Exception cause) => new($"The folder '{folder}' cannot be read at '{path}': {cause.Message}", cause)
    {
        IsOfObject = IsOfFile(cause) && IsReadable(),
    };

    /// <summary>What a name, a link or missing rights bring about; a disk or a network that fails, or too many open files, are nobody's own.</summary>
    static bool IsOfFile(Exception cause) => cause is UnauthorizedAccessException or PathTooLongException || RealPath.IsCircle(cause);

    /// <summary>Whether the folder itself can be listed.</summary>
    bool IsReadable()
    {
        try
        {
            _ = Directory.EnumerateFileSystemEntries(folder).Any();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static ObjectInfo Describe(string path, FileInfo file) => new(path, file.Length, file.LastWriteTimeUtc, FileBytes.Version(file));

    static ObjectInfo Unread(string path, string? fault) => new(path, 0, default, "", fault);

    /// <summary>A file, or a directory whose real path is given.</summary>
    sealed record Entry(ObjectInfo Info, string? Directory);
}
