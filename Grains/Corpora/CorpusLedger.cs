using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>
/// The items of one corpus and how they change. A change writes its segment first and switches the manifest last, under its ETag: a crash
/// leaves the corpus as it was, and of two writers one starts over from what the other left.
/// </summary>
public sealed class CorpusLedger
{
    readonly IObjectStore store;
    readonly string name;
    readonly int itemsPerShard;
    readonly SemaphoreSlim turn = new(1, 1);
    SortedDictionary<string, Place> items = new(StringComparer.Ordinal);
    string etag = "";
    bool dropped;

    CorpusLedger(IObjectStore store, string name, int itemsPerShard) => (this.store, this.name, this.itemsPerShard) = (store, name, itemsPerShard);

    /// <summary>The corpus's version that this ledger knows.</summary>
    public CorpusManifest Manifest { get; private set; } = null!;

    /// <summary>The corpus in short.</summary>
    public CorpusDescription Description => new(
        name,
        Manifest.Fingerprint,
        Manifest.Convention,
        Manifest.Version,
        items.Values.Count(place => place.Item.Kind == ItemKind.Picture),
        items.Values.Count(place => place.Item.Kind == ItemKind.Text),
        Manifest.Shards(itemsPerShard).Count(),
        Manifest.Id);

    /// <summary>Makes a corpus; null if the name is taken.</summary>
    public static async Task<CorpusLedger?> Create(
        IObjectStore store, string name, string fingerprint, string convention, int itemsPerShard, CancellationToken cancellation)
    {
        var manifest = new CorpusManifest(Guid.NewGuid(), fingerprint, convention, 1, []);
        var etag = await store.Write(CorpusManifest.PathOf(name), manifest.ToBytes(), WriteCondition.IfAbsent, cancellation);
        return etag is null ? null : new CorpusLedger(store, name, itemsPerShard) { Manifest = manifest, etag = etag };
    }

    /// <summary>Opens a corpus; null if there is none.</summary>
    public static async Task<CorpusLedger?> Open(IObjectStore store, string name, int itemsPerShard, CancellationToken cancellation)
    {
        var ledger = new CorpusLedger(store, name, itemsPerShard);
        return await ledger.Reload(cancellation) ? ledger : null;
    }

    /// <summary>The item of an id, if it is there.</summary>
    public CorpusItem? Find(string id) => items.GetValueOrDefault(id)?.Item;

    /// <summary>The id of an item that has this content.</summary>
    public string? FindContent(string contentHash) =>
        items.Values.FirstOrDefault(place => place.Item.Picture?.ContentHash == contentHash)?.Item.Id;

    /// <summary>Items behind an id, in ordinal order.</summary>
    public IReadOnlyList<CorpusItem> After(string? id, int limit) =>
        [.. items.Where(entry => id is null || string.CompareOrdinal(entry.Key, id) > 0).Take(limit).Select(entry => entry.Value.Item)];

    /// <summary>Adds rows and removes ids in one step; an added id that is there is replaced.</summary>
    /// <param name="added">New rows; null if there are none.</param>
    /// <param name="removed">Ids to remove; unknown ones are passed over.</param>
    /// <param name="cancellation">Stops before the switch.</param>
    /// <returns>False when the corpus has meanwhile been dropped.</returns>
    public async Task<bool> Change(Segment? added, IReadOnlyCollection<string> removed, CancellationToken cancellation)
    {
        var file = $"{CorpusManifest.FolderOf(name)}/segments/{Guid.NewGuid():N}.arrow";
        if (added is not null)
            await store.Write(file, SegmentFile.ToBytes(added), WriteCondition.IfAbsent, cancellation);
        await turn.WaitAsync(cancellation);
        try
        {
            return await Switch(added, file, removed, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Adds a block of a job, once: a block that is in changes nothing.</summary>
    /// <returns>False when the corpus has meanwhile been dropped.</returns>
    public async Task<bool> Commit(CorpusCommit commit, CancellationToken cancellation)
    {
        var added = commit.SegmentFile is not { } file ? null : SegmentFile.Parse(
            file, (await store.Read(file, cancellation) ?? throw new StoreException($"Job '{commit.Job}' lacks its segment '{file}'.")).Content);
        await turn.WaitAsync(cancellation);
        try
        {
            return await Switch(added, commit.SegmentFile ?? "", commit.Removed, cancellation, commit);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Deletes the corpus; a change that runs ends first, and one that comes later finds nothing.</summary>
    public async Task Drop(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            dropped = true;
            await Drop(store, name, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Deletes a corpus by its name, also one whose files cannot be read: first the manifest, which makes it gone, then its segments.</summary>
    public static async Task Drop(IObjectStore store, string name, CancellationToken cancellation)
    {
        await store.Delete(CorpusManifest.PathOf(name), cancellation);
        await foreach (var left in store.List(CorpusManifest.FolderOf(name), cancellation))
            await store.Delete(left.Path, cancellation);
    }

    /// <summary>Reads the corpus as the store has it; false if it is gone, or another one has its name.</summary>
    public async Task<bool> Reload(CancellationToken cancellation)
    {
        if (await CorpusManifest.Read(store, name, cancellation) is not { } read || (Manifest is not null && Manifest.Id != read.Manifest.Id))
            return false;
        var found = new SortedDictionary<string, Place>(StringComparer.Ordinal);
        for (var number = 0; number < read.Manifest.Segments.Count; number++)
        {
            var entry = read.Manifest.Segments[number];
            var content = await store.Read(entry.File, cancellation)
                ?? throw new StoreException($"Corpus '{name}' lacks its segment '{entry.File}'.");
            var rows = SegmentFile.Parse(entry.File, content.Content).Items;
            var deleted = entry.Deleted.ToHashSet();
            for (var row = 0; row < rows.Count; row++)
            {
                if (!deleted.Contains(row))
                    found[rows[row].Id] = new Place(rows[row], number, row);
            }
        }

        (Manifest, etag, items) = (read.Manifest, read.ETag, found);
        return true;
    }

    async Task<bool> Switch(
        Segment? added, string file, IReadOnlyCollection<string> removed, CancellationToken cancellation, CorpusCommit? commit = null)
    {
        while (!dropped)
        {
            if (commit is not null && Manifest.Blocks?.GetValueOrDefault(commit.Job) > commit.Block)
                return true;
            var next = Next(added, file, removed);
            if (commit is not null)
                next = next with { Blocks = new Dictionary<string, int>(Manifest.Blocks ?? new Dictionary<string, int>()) { [commit.Job] = commit.Block + 1 } };
            var written = await store.Write(CorpusManifest.PathOf(name), next.ToBytes(), WriteCondition.IfMatch(etag), cancellation);
            if (written is not null)
            {
                (Manifest, etag) = (next, written);
                Apply(added, next.Segments.Count - 1, removed);
                return true;
            }

            if (!await Reload(cancellation))
                return false;
        }

        return false;
    }

    CorpusManifest Next(Segment? added, string file, IReadOnlyCollection<string> removed)
    {
        var gone = removed.Concat(added?.Items.Select(item => item.Id) ?? [])
            .Select(id => items.GetValueOrDefault(id)).OfType<Place>().ToLookup(place => place.Segment, place => place.Row);
        var kept = Manifest.Segments.Select((entry, number) => gone.Contains(number)
            ? entry with { Deleted = [.. entry.Deleted.Union(gone[number]).Order()] }
            : entry);
        return Manifest with
        {
            Version = Manifest.Version + 1,
            Segments = [.. kept, .. added is null ? Array.Empty<SegmentEntry>() : [new SegmentEntry(file, added.Items.Count, [])]],
        };
    }

    void Apply(Segment? added, int segment, IReadOnlyCollection<string> removed)
    {
        foreach (var id in removed)
            items.Remove(id);
        for (var row = 0; row < (added?.Items.Count ?? 0); row++)
            items[added!.Items[row].Id] = new Place(added.Items[row], segment, row);
    }

    sealed record Place(CorpusItem Item, int Segment, int Row);
}
