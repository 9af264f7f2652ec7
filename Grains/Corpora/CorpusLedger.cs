using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>
/// The items of one corpus and how they change. A change writes its segment first and switches the manifest last, under its ETag: a crash
/// leaves the corpus as it was, and of two writers one starts over from what the other left. Items stay in their files.
/// </summary>
public sealed class CorpusLedger
{
    readonly SegmentCache segments;
    readonly string name;
    readonly int itemsPerShard;
    readonly TimeProvider time;
    readonly SemaphoreSlim turn = new(1, 1);
    readonly HashSet<string> collected = new(StringComparer.Ordinal);
    volatile CorpusSnapshot state;
    bool dropped;

    CorpusLedger(SegmentCache segments, string name, int itemsPerShard, TimeProvider time, CorpusSnapshot state) =>
        (this.segments, this.name, this.itemsPerShard, this.time, this.state) = (segments, name, itemsPerShard, time, state);

    /// <summary>The corpus's version that this ledger knows.</summary>
    public CorpusManifest Manifest => state.Manifest;

    /// <summary>Bytes of the embeddings that searches look at.</summary>
    public long EmbeddingBytes => state.Segments.Sum(segment => segment.EmbeddingBytes);

    /// <summary>The corpus in short.</summary>
    public CorpusDescription Description
    {
        get
        {
            var manifest = Manifest;
            var pictures = manifest.Segments.Sum(entry => entry.Pictures);
            return new CorpusDescription(
                name,
                manifest.Fingerprint,
                manifest.Convention,
                manifest.Version,
                pictures,
                manifest.Segments.Sum(entry => entry.Live) - pictures,
                manifest.Shards(itemsPerShard).Count(),
                manifest.Id);
        }
    }

    IObjectStore Store => segments.Store;

    /// <summary>Makes a corpus; null if the name is taken.</summary>
    public static async Task<CorpusLedger?> Create(
        SegmentCache segments, string name, string fingerprint, string convention, int itemsPerShard, TimeProvider time, CancellationToken cancellation)
    {
        var manifest = new CorpusManifest(Guid.NewGuid(), fingerprint, convention, 1, []);
        var etag = await segments.Store.Write(CorpusManifest.PathOf(name), manifest.ToBytes(), WriteCondition.IfAbsent, cancellation);
        return etag is null ? null : new CorpusLedger(segments, name, itemsPerShard, time, new CorpusSnapshot(manifest, etag, []));
    }

    /// <summary>Opens a corpus; null if there is none.</summary>
    public static async Task<CorpusLedger?> Open(
        SegmentCache segments, string name, int itemsPerShard, TimeProvider time, CancellationToken cancellation) =>
        await CorpusManifest.Read(segments.Store, name, cancellation) is not { } read ? null : new CorpusLedger(
            segments, name, itemsPerShard, time, await CorpusSnapshot.Open(segments, name, read.Manifest, read.ETag, cancellation));

    /// <summary>The item of an id, if it is there.</summary>
    public CorpusItem? Find(string id) => state is var now && now.Find(id) is { } place ? now.Item(place) : null;

    /// <summary>The ids of the items that have this content, in ordinal order.</summary>
    /// <param name="contentHash">The content.</param>
    /// <param name="most">How many to return at most.</param>
    public string[] FindContent(string contentHash, int most)
    {
        var now = state;
        return [.. now.FindContent(contentHash).Select(place => now.Item(place).Id).Order(StringComparer.Ordinal).Take(most)];
    }

    /// <summary>Items behind an id, in ordinal order.</summary>
    public IReadOnlyList<CorpusItem> After(string? id, int limit) => [.. state.After(id).Take(limit)];

    /// <summary>Items behind an id, in ordinal order, with their embeddings <c>[items, width]</c> as little-endian float32.</summary>
    public Task<(CorpusItem[] Items, byte[] Embeddings)> EmbeddingsAfter(string? id, int limit, CancellationToken cancellation)
    {
        var now = state;
        return Task.Run(
            () =>
            {
                CorpusSnapshot.Place[] places = [.. now.PlacesAfter(id).Take(limit)];
                var row = places.Length == 0 ? 0 : sizeof(float) * now.Segments[places[0].Segment].Width;
                var embeddings = new byte[places.Length * row];
                for (var i = 0; i < places.Length; i++)
                    now.ReadEmbedding(places[i], embeddings.AsSpan(i * row, row));
                return (places.Select(now.Item).ToArray(), embeddings);
            },
            cancellation);
    }

    /// <summary>Adds rows and removes ids in one step; an added id that is there is replaced.</summary>
    /// <param name="added">New rows; null if there are none.</param>
    /// <param name="removed">Ids to remove; unknown ones are passed over.</param>
    /// <param name="cancellation">Stops before the switch.</param>
    /// <returns>False when the corpus has meanwhile been dropped.</returns>
    public async Task<bool> Change(Segment? added, IReadOnlyCollection<string> removed, CancellationToken cancellation)
    {
        var segment = added is null ? null : await Write(await Task.Run(() => SegmentFile.ToBytes(added), cancellation), cancellation);
        var change = new LedgerChange(segment, removed);
        return await Switch(change.After, cancellation);
    }

    /// <summary>Adds a block of a job, once: a block that is in changes nothing.</summary>
    /// <returns>False when the corpus has meanwhile been dropped, or is another one than the block was made for.</returns>
    /// <exception cref="StoreException">The block's segment is missing or damaged, or was made with another model.</exception>
    public async Task<bool> Commit(CorpusCommit commit, CancellationToken cancellation)
    {
        if (IsIn(Manifest))
            return true;
        var added = commit.SegmentFile is not { } file ? null
            : await segments.Open(file, cancellation) ?? throw new StoreException($"Job '{commit.Job}' lacks its segment '{file}'.");
        var change = new LedgerChange(added, commit.Removed);
        return await Switch(
            before => IsIn(before.Manifest) ? null : change.After(before) with
            {
                Blocks = new Dictionary<string, int>(before.Manifest.Blocks ?? new Dictionary<string, int>()) { [commit.Job] = commit.Block + 1 },
            },
            cancellation);

        bool IsIn(CorpusManifest manifest) => manifest.Blocks?.GetValueOrDefault(commit.Job) > commit.Block;
    }

    /// <summary>
    /// Takes over what another corpus holds, in one switch: its segments, model and convention. The name has another identity from then on, so
    /// that what was meant for the old content is refused; the old segments are collected later.
    /// </summary>
    /// <returns>Whether it was done, and if not, which corpus is missing.</returns>
    public async Task<AdoptOutcome> Adopt(string other, CancellationToken cancellation)
    {
        if (await CorpusManifest.Read(Store, other, cancellation) is not { } read)
            return AdoptOutcome.NoOther;

        // Pinned until the switch, so that the other corpus may be dropped at any moment.
        var pin = $"{CorpusManifest.Pins}/{other}/adopt-{Guid.NewGuid():N}.json";
        await Store.Write(pin, read.Manifest.ToBytes(), WriteCondition.IfAbsent, cancellation);
        try
        {
            if (await CorpusManifest.Read(Store, other, cancellation) is not { } still || still.Manifest.Id != read.Manifest.Id)
                return AdoptOutcome.NoOther;
            var done = await Switch(
                before => before.Manifest with
                {
                    Id = Guid.NewGuid(),
                    Fingerprint = read.Manifest.Fingerprint,
                    Convention = read.Manifest.Convention,
                    Version = before.Manifest.Version + 1,
                    Segments = read.Manifest.Segments,
                    Blocks = null,
                    Retired = Retire(before.Manifest, before.Manifest.Segments.Select(entry => entry.File).Except(read.Manifest.Segments.Select(entry => entry.File))),
                },
                cancellation);
            return done ? AdoptOutcome.Adopted : AdoptOutcome.Gone;
        }
        finally
        {
            await Store.Delete(pin, CancellationToken.None);
        }
    }

    /// <summary>Merges the segments that most need it into one; false if none do.</summary>
    public async Task<bool> Compact(CancellationToken cancellation)
    {
        var before = state;
        var chosen = CompactionPlan.Of(before.Manifest, itemsPerShard);
        if (chosen.Count == 0)
            return false;
        var merge = await Task.Run(() => SegmentMerge.Of(before, chosen), cancellation);
        var merged = merge.Content is { } content ? await Write(content, cancellation) : null;
        var done = false;
        await Switch(
            now =>
            {
                var next = merge.After(now, merged);
                done = next is not null;
                return next is null ? null : next with { Retired = Retire(now.Manifest, chosen.Select(entry => entry.File)) };
            },
            cancellation);
        if (!done && merged is not null)
            await Store.Delete(merged.File, cancellation);
        return done;
    }

    /// <summary>Deletes segment files that no corpus and no pin needs and that have been out of use for the grace time.</summary>
    /// <returns>What was deleted.</returns>
    public async Task<IReadOnlyList<string>> Collect(TimeSpan grace, CancellationToken cancellation)
    {
        var gone = await SegmentCollector.Collect(Store, name, Manifest, time.GetUtcNow() - grace, cancellation);
        lock (collected)
            collected.UnionWith(gone);
        return gone;
    }

    /// <summary>Deletes the corpus; a change that runs ends first, and one that comes later finds nothing.</summary>
    public async Task Drop(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            dropped = true;
            await SegmentCollector.Drop(Store, name, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads the corpus as the store has it; false if it is gone, or another one has its name.</summary>
    public async Task<bool> Reload(CancellationToken cancellation)
    {
        if (await CorpusManifest.Read(Store, name, cancellation) is not { } read || Manifest.Id != read.Manifest.Id)
            return false;
        state = await CorpusSnapshot.Open(segments, name, read.Manifest, read.ETag, cancellation);
        return true;
    }

    async Task<MappedSegment> Write(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var file = CorpusManifest.NewSegment(name);
        await Store.Write(file, content, WriteCondition.IfAbsent, cancellation);
        return await segments.Open(name, file, cancellation);
    }

    /// <summary>Replaces the manifest, from whatever another writer left; a change that finds nothing to do gives null.</summary>
    async Task<bool> Switch(Func<CorpusSnapshot, CorpusManifest?> change, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            while (!dropped)
            {
                var before = state;
                if (await Task.Run(() => change(before), cancellation) is not { } next)
                    return true;
                var etag = await Store.Write(CorpusManifest.PathOf(name), next.ToBytes(), WriteCondition.IfMatch(before.ETag), cancellation);
                if (etag is not null)
                {
                    state = await CorpusSnapshot.Open(segments, name, next, etag, CancellationToken.None);
                    return true;
                }

                if (!await Reload(cancellation))
                    return false;
            }

            return false;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The list of retired segments with more of them, less those whose files are gone.</summary>
    List<RetiredSegment> Retire(CorpusManifest manifest, IEnumerable<string> files)
    {
        lock (collected)
        {
            return [.. (manifest.Retired ?? []).Where(segment => !collected.Contains(segment.File)),
                .. files.Select(file => new RetiredSegment(file, time.GetUtcNow()))];
        }
    }
}
