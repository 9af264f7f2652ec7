using System.Numerics.Tensors;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>Corpora of one process without grains: a ledger as the corpus grain has it, and a plain search of the pinned version.</summary>
sealed class LocalCorpora(IObjectStore store, string scratch) : ICorpora
{
    readonly SegmentCache segments = new(store, scratch);
    CorpusLedger? ledger;

    public async Task<CorpusLedger> Ledger(string corpus) =>
        ledger ??= await CorpusLedger.Open(segments, corpus, 8, TimeProvider.System, default)
            ?? await CorpusLedger.Create(segments, corpus, "fake", "ms25", 8, TimeProvider.System, default)
            ?? (await CorpusLedger.Open(segments, corpus, 8, TimeProvider.System, default))!;

    public async Task<CorpusItem?[]> Find(string corpus, string[] ids, CancellationToken cancellation)
    {
        var own = await Ledger(corpus);
        return [.. ids.Select(own.Find)];
    }

    public async Task<string[][]> FindOwners(string corpus, string[] contentHashes, CancellationToken cancellation)
    {
        var own = await Ledger(corpus);
        return [.. contentHashes.Select(hash => own.FindContent(hash, 32))];
    }

    public async Task<ItemPage> List(string corpus, string? cursor, int limit, CancellationToken cancellation)
    {
        var items = (await Ledger(corpus)).After(cursor, limit + 1);
        return new ItemPage(new CorpusReply(CorpusStatus.Ok, null), [.. items.Take(limit)], items.Count > limit ? items[limit - 1].Id : null);
    }

    public async Task<CorpusReply> Commit(string corpus, CorpusCommit commit, CancellationToken cancellation) =>
        await (await Ledger(corpus)).Commit(commit, cancellation)
            ? new CorpusReply(CorpusStatus.Ok, null)
            : new CorpusReply(CorpusStatus.NotFound, null, "gone");

    public async Task<CorpusMatches> Search(CorpusQuery query, Deadline deadline, CancellationToken cancellation)
    {
        var manifest = (await CorpusManifest.Read(store, query.Corpus.Name, query.Pin!, cancellation))!.Value.Manifest;
        var snapshot = await CorpusSnapshot.Open(segments, query.Corpus.Name, manifest, "", cancellation);
        var width = query.Queries.Length / query.Count;
        return new CorpusMatches(
            [.. Enumerable.Range(0, query.Count).Select(i => Best(snapshot, query, query.Queries.AsSpan(i * width, width)))], query.Corpus.Shards, CorpusStatus.Ok, null);
    }

    static ShardMatch[] Best(CorpusSnapshot snapshot, CorpusQuery query, ReadOnlySpan<float> embedding)
    {
        var matches = new List<ShardMatch>();
        foreach (var item in snapshot.After(null).Where(item => query.Kind is null || item.Kind == query.Kind))
        {
            var place = snapshot.Find(item.Id)!.Value;
            var row = snapshot.Segments[place.Segment].Embeddings.Slice(place.Row * embedding.Length, embedding.Length);
            matches.Add(new ShardMatch(item, TensorPrimitives.Dot(embedding, row)));
        }

        return [.. matches.OrderByDescending(match => match.ItcSimilarity).ThenBy(match => match.Item.Id, StringComparer.Ordinal).Take(query.TopK)];
    }
}
