using System.Numerics.Tensors;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>
/// The part of a corpus's embedding matrix that one shard holds, and exact search in it. Immutable: another version of the corpus is another
/// shard, which takes over the segments that both have.
/// </summary>
public sealed class EmbeddingShard
{
    readonly LoadedSegment[] segments;

    EmbeddingShard(Guid corpus, long version, LoadedSegment[] segments) => (Corpus, Version, this.segments) = (corpus, version, segments);

    /// <summary>Identity of the corpus that it is a part of.</summary>
    public Guid Corpus { get; }

    /// <summary>Version of the corpus that it shows.</summary>
    public long Version { get; }

    /// <summary>Rows that a search looks at.</summary>
    public int Rows => segments.Sum(segment => segment.Segment.Items.Count);

    /// <summary>Loads shard <paramref name="index"/> of a corpus; null if there is no such corpus.</summary>
    /// <param name="store">Where the segments are.</param>
    /// <param name="corpus">The corpus.</param>
    /// <param name="index">Which of its shards; one beyond the last is empty.</param>
    /// <param name="itemsPerShard">How segments are dealt out.</param>
    /// <param name="previous">An earlier version, whose segments need not be read again.</param>
    /// <param name="cancellation">Stops the loading.</param>
    public static async Task<EmbeddingShard?> Load(
        IObjectStore store, string corpus, int index, int itemsPerShard, EmbeddingShard? previous, CancellationToken cancellation)
    {
        if (await CorpusManifest.Read(store, corpus, cancellation) is not { } read)
            return null;
        var known = previous?.segments.ToDictionary(segment => segment.File, segment => segment.Segment, StringComparer.Ordinal) ?? [];
        var loaded = new List<LoadedSegment>();
        foreach (var entry in read.Manifest.Shards(itemsPerShard).ElementAtOrDefault(index) ?? [])
        {
            if (!known.TryGetValue(entry.File, out var segment))
            {
                var stored = await store.Read(entry.File, cancellation)
                    ?? throw new StoreException($"Corpus '{corpus}' lacks its segment '{entry.File}'.");
                segment = SegmentFile.Parse(entry.File, stored.Content);
            }

            loaded.Add(new LoadedSegment(entry.File, segment, [.. entry.Deleted]));
        }

        return new EmbeddingShard(read.Manifest.Id, read.Manifest.Version, [.. loaded]);
    }

    /// <summary>Exact top-k of each query.</summary>
    /// <param name="queries">Unit vectors <c>[queries, embed_dim]</c>.</param>
    /// <param name="count">Number of queries.</param>
    /// <param name="kind">Items to look among; null: all.</param>
    /// <param name="k">Matches per query.</param>
    /// <remarks>A similarity is one dot product in one fixed order, so it is the same bits alone, in a batch, and in any division into shards.</remarks>
    public ShardMatch[][] Search(ReadOnlySpan<float> queries, int count, ItemKind? kind, int k)
    {
        var width = queries.Length / count;
        var best = Enumerable.Range(0, count).Select(_ => new TopK(k)).ToArray();
        for (var number = 0; number < segments.Length; number++)
        {
            var (_, segment, deleted) = segments[number];
            for (var row = 0; row < segment.Items.Count; row++)
            {
                var item = segment.Items[row];
                if ((kind is not null && item.Kind != kind) || deleted.Contains(row))
                    continue;
                var embedding = segment.Embeddings.AsSpan(row * width, width);
                for (var query = 0; query < count; query++)
                {
                    var similarity = TensorPrimitives.Dot(queries.Slice(query * width, width), embedding);
                    if (!(similarity < best[query].Threshold))
                        best[query].Add(new Match(similarity, item.Id, number, row));
                }
            }
        }

        return [.. best.Select(top => top.Sorted()
            .Select(match => new ShardMatch(segments[match.Segment].Segment.Items[match.Row], match.Similarity)).ToArray())];
    }

    sealed record LoadedSegment(string File, Segment Segment, HashSet<int> Deleted);
}
