using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>
/// The segments that a silo has mapped: each file once, however many shards, versions and pinned searches look at it, and for as long as one of
/// them does. Where the store is not a directory of this machine, a segment is downloaded first.
/// </summary>
public sealed class SegmentCache(IObjectStore store, string scratch)
{
    const int Piece = 4 << 20;

    readonly Dictionary<string, WeakReference<MappedSegment>> known = new(StringComparer.Ordinal);
    readonly Dictionary<string, Task<MappedSegment?>> opening = new(StringComparer.Ordinal);

    /// <summary>Where the segments are.</summary>
    public IObjectStore Store => store;

    /// <summary>Bytes of the embeddings of all segments that are mapped, as float32.</summary>
    public long EmbeddingBytes
    {
        get
        {
            lock (known)
                return known.Values.Sum(weak => weak.TryGetTarget(out var segment) ? segment.EmbeddingBytes : 0);
        }
    }

    /// <summary>A segment; null if there is no such object.</summary>
    /// <exception cref="StoreException">It is damaged, or the store failed.</exception>
    public Task<MappedSegment?> Open(string file, CancellationToken cancellation)
    {
        lock (known)
        {
            if (known.TryGetValue(file, out var weak) && weak.TryGetTarget(out var there))
                return Task.FromResult<MappedSegment?>(there);
            if (!opening.TryGetValue(file, out var task))
                opening[file] = task = Task.Run(() => Load(file), CancellationToken.None);
            return task.WaitAsync(cancellation);
        }
    }

    /// <summary>A segment of a corpus, which must be there.</summary>
    /// <exception cref="StoreException">It is missing or damaged, or the store failed.</exception>
    public async Task<MappedSegment> Open(string corpus, string file, CancellationToken cancellation) =>
        await Open(file, cancellation) ?? throw new StoreException($"Corpus '{corpus}' lacks its segment '{file}'.");

    async Task<MappedSegment?> Load(string file)
    {
        MappedSegment? segment = null;
        try
        {
            return segment = store.LocalFile(file) is { } path ? MappedSegment.Open(file, path) : await Download(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The segment '{file}' cannot be mapped: {e.Message}", e);
        }
        finally
        {
            lock (known)
            {
                opening.Remove(file);
                foreach (var gone in known.Where(entry => !entry.Value.TryGetTarget(out _)).Select(entry => entry.Key).ToArray())
                    known.Remove(gone);
                if (segment is not null)
                    known[file] = new WeakReference<MappedSegment>(segment);
            }
        }
    }

    /// <summary>Copies an object, piece by piece, to a file that is gone once it is mapped.</summary>
    async Task<MappedSegment?> Download(string file)
    {
        if (await store.Head(file) is not { } head)
            return null;
        Directory.CreateDirectory(scratch);
        var copy = Path.Combine(scratch, $"{Guid.NewGuid():N}.arrow");
        try
        {
            await using (var target = new FileStream(copy, FileMode.CreateNew, FileAccess.Write))
            {
                for (long at = 0; at < head.Length;)
                {
                    var piece = await store.ReadRange(file, at, Math.Min(Piece, head.Length - at));
                    if (piece is null or [])
                        return null;
                    await target.WriteAsync(piece);
                    at += piece.Length;
                }
            }

            return MappedSegment.Open(file, copy, forget: true);
        }
        finally
        {
            if (!OperatingSystem.IsWindows())
                File.Delete(copy);
        }
    }
}
