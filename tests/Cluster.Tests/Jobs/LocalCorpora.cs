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

    /// <summary>Called before each call to the corpus, with its name; throws as a grain would whose silo is away.</summary>
    public Action<string> OnCall { get; set; } = _ => { };

    CorpusLedger? ledger;

    public async Task<CorpusLedger> Ledger(string corpus) =>
        ledger ??= await CorpusLedger.Open(segments, corpus, 8, TimeProvider.System, default)
            ?? await CorpusLedger.Create(segments, corpus, "fake", "ms25", 8, TimeProvider.System, default)
            ?? (await CorpusLedger.Open(segments, corpus, 8, TimeProvider.System, default))!;

    public async Task<CorpusItem?[]> Find(string corpus, string[] ids, CancellationToken cancellation)
    {
        OnCall(nameof(Find));
        var own = await Ledger(corpus);
        return [.. ids.Select(own.Find)];
    }

    public async Task<string[][]> FindOwners(string corpus, string[] contentHashes, CancellationToken cancellation)
    {
        OnCall(nameof(FindOwners));
        var own = await Ledger(corpus);
        return [.. contentHashes.Select(hash => own.FindContent(hash, 32))];
    }

    public async Task<ItemPage> List(string corpus, string? cursor, int limit, CancellationToken cancellation)
    {
        OnCall(nameof(List));
        var items = (await Ledger(corpus)).After(cursor, limit + 1);
        return new ItemPage(new CorpusReply(CorpusStatus.Ok, null), [.. items.Take(limit)], items.Count > limit ? items[limit - 1].Id : null);
    }

    public async Task<CorpusReply> Commit(string corpus, CorpusCommit commit, CancellationToken cancellation)
    {
        OnCall(nameof(Commit));
        var reply = await (await Ledger(corpus)).Commit(commit, cancellation)
            ? new CorpusReply(CorpusStatus.Ok, null)
            : new CorpusReply(CorpusStatus.NotFound, null, "gone");
        OnCall($"after {nameof(Commit)}");
        return reply;
    }

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
