using System.Collections.Concurrent;
using MplugCluster.Grains.Corpora.Filters;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// The part of a corpus's embedding matrix that one shard has, and exact search in it. Immutable: another version of the corpus is another shard,
/// and both have the segments that did not change in common.
/// </summary>
public sealed class EmbeddingShard
{
    /// <summary>Conditions whose rows are remembered.</summary>
    const int MostMasks = 16;

    readonly ShardRows rows;
    readonly IReadOnlyList<SegmentEntry> entries;
    readonly QuantizedRows[]? copies;
    readonly ConcurrentDictionary<(ItemKind?, ItemFilter?), RowMask[]> masks = new();

    EmbeddingShard(CorpusManifest manifest, ShardRows rows, IReadOnlyList<SegmentEntry> entries, QuantizedRows[]? copies)
    {
        (Corpus, Version) = (manifest.Id, manifest.Version);
        (this.rows, this.entries, this.copies) = (rows, entries, copies);
    }

    /// <summary>Identity of the corpus that it is a part of.</summary>
    public Guid Corpus { get; }

    /// <summary>Version of the corpus that it shows.</summary>
    public long Version { get; }

    /// <summary>Rows that a search goes through.</summary>
    public int Rows => rows.Segments.Sum(segment => segment.Rows);

    /// <summary>Bytes of the float32 embeddings.</summary>
    public long EmbeddingBytes => rows.Segments.Sum(segment => segment.EmbeddingBytes);

    /// <summary>Numbers of an embedding; 0 for a shard without rows.</summary>
    public int Width => rows.Width;

    /// <summary>Loads a shard; null if there is no such corpus.</summary>
    /// <param name="segments">Where the segments are.</param>
    /// <param name="address">Which shard; one beyond the last is empty.</param>
    /// <param name="itemsPerShard">How segments are dealt out.</param>
    /// <param name="precision">What searches go through.</param>
    /// <param name="budget">Where 8-bit copies take their memory from.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="EmbeddingsTooLargeException">The budget does not have the memory for 8-bit copies.</exception>
    /// <exception cref="StoreException">A file is missing or damaged.</exception>
    public static async Task<EmbeddingShard?> Load(
        SegmentCache segments, ShardAddress address, int itemsPerShard, EmbeddingPrecision precision, EmbeddingBudget budget, CancellationToken cancellation)
    {
        if (await CorpusManifest.Read(segments.Store, address.Corpus, address.Manifest, cancellation) is not { } read)
            return null;
        var entries = read.Manifest.Shards(itemsPerShard).ElementAtOrDefault(address.Index) ?? [];
        var mapped = await Task.WhenAll(entries.Select(entry => segments.Open(address.Corpus, entry.File, cancellation)));
        var width = mapped.FirstOrDefault()?.Width ?? 0;
        if (mapped.FirstOrDefault(segment => segment.Width != width) is { } other)
            throw new StoreException($"The segment '{other.File}' is damaged: its embeddings have {other.Width} numbers, those of others {width}.");
        var rows = new ShardRows(mapped);
        var copies = precision == EmbeddingPrecision.Fp32 || mapped.Length == 0 ? null
            : await Task.Run(() => mapped.Select(segment => segment.Quantized(budget)).ToArray(), cancellation);
        return new EmbeddingShard(read.Manifest, rows, entries, copies);
    }

    /// <summary>Exact top-k of each query: higher similarity first, then lower ordinal id.</summary>
    /// <remarks>
    /// A similarity is the same bits whoever is asked with it, in any division into shards, with any precision and number of threads.
    /// </remarks>
    public ShardHits Search(IReadOnlyList<RowQuery> queries, ScanTeam team)
    {
        var wanted = queries.Select(query => Masks(query.Kind, query.Filter)).ToArray();
        var best = copies is null ? ExactScan.Run(rows, queries, wanted, team) : QuantizedScan.Run(rows, copies, queries, wanted, team);
        return HitPacking.Pack(rows.Segments, [.. best.Select(top => top.Sorted())]);
    }

    RowMask[] Masks(ItemKind? kind, ItemFilter? filter)
    {
        if (masks.TryGetValue((kind, filter), out var there))
            return there;
        var made = rows.Segments.Select((segment, i) => RowMask.Of(segment, entries[i].Deleted, kind, filter)).ToArray();
        if (masks.Count >= MostMasks)
            masks.Clear();
        return masks[(kind, filter)] = made;
    }
}
