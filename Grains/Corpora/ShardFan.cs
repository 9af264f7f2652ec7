using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>
/// Asks all shards of a corpus at once where their best matches are, and then for the items of those that are the best of all. A shard whose silo
/// died comes up on another one, so a failed call is tried again.
/// </summary>
public sealed class ShardFan(IGrainFactory grains)
{
    /// <summary>Matches of one answer, over all its queries: some 40 bytes each, and an answer should stay below a megabyte.</summary>
    const int MostMatches = 20_000;

    /// <summary>Items of one answer: a few hundred bytes each.</summary>
    const int MostItems = 2000;

    /// <summary>Calls that one shard has at a time; searches that wait for it go through its rows together.</summary>
    const int CallsAtOnce = 16;

    static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The best items of every shard that answered, merged; and how many answered.</summary>
    public async Task<CorpusMatches> Search(CorpusQuery query, Deadline deadline, CancellationToken cancellation)
    {
        var shards = await Task.WhenAll(Enumerable.Range(0, query.Corpus.Shards).Select(shard => Hits(query, shard, deadline, cancellation)));
        while (true)
        {
            var answered = shards.Where(shard => shard.Status == CorpusStatus.Ok).ToArray();
            var failed = shards.FirstOrDefault(shard => shard.Status != CorpusStatus.Ok);
            var best = Enumerable.Range(0, query.Count)
                .Select(i => ShardMerge.Merge(answered.Select(shard => shard.Hits[i]), query.TopK)).ToArray();
            var items = await Task.WhenAll(answered.Select(shard => Items(query, shard, best, deadline, cancellation)));
            if (items.FirstOrDefault(shard => shard.Status != CorpusStatus.Ok) is { } lost)
            {
                // Without its items a shard has not answered, and others' matches move up.
                shards[lost.Shard] = shards[lost.Shard] with { Status = lost.Status, Message = lost.Message };
                continue;
            }

            var places = answered.Select((shard, i) => (shard.Number, i)).ToDictionary(pair => pair.Number, pair => pair.i);
            var known = items.Select(shard => shard.Items).ToArray();
            return new CorpusMatches(
                [.. best.Select(hits => hits.Select(hit => new ShardMatch(known[places[hit.Shard]][PlaceOf(hit)], hit.Similarity)).ToArray())],
                answered.Length,
                failed?.Status ?? CorpusStatus.Ok,
                failed?.Message);
        }
    }

    static (string File, int Row) PlaceOf(ShardHit hit) => (hit.File, hit.Row);

    /// <summary>Where one shard's matches are, in as many calls as its answers need; it has answered when it has answered all of them.</summary>
    async Task<ShardAnswer> Hits(CorpusQuery query, int shard, Deadline deadline, CancellationToken cancellation)
    {
        var width = query.Queries.Length / Math.Max(1, query.Count);
        var queries = Math.Max(1, MostMatches / Math.Max(1, query.TopK));
        var starts = Enumerable.Range(0, (query.Count + queries - 1) / queries).Select(i => i * queries);
        var replies = await Several(
            starts,
            start =>
            {
                var count = Math.Min(queries, query.Count - start);
                var vectors = FloatBytes.From(query.Queries.AsSpan(start * width, count * width));
                return Ask(
                    token => Grain(query, shard).Search(
                        new ShardQuery(
                            query.Corpus.Version, vectors, count, query.Kind, query.TopK, deadline.RemainingMs, query.Corpus.Id, query.Filter),
                        token),
                    (status, message) => new ShardReply(status, [], message),
                    deadline,
                    cancellation);
            },
            cancellation);
        var failed = replies.FirstOrDefault(reply => reply.Status != CorpusStatus.Ok);
        return failed is null
            ? new ShardAnswer(shard, CorpusStatus.Ok, null, [.. replies.SelectMany(reply => HitPacking.Unpack(reply.Hits!, shard))])
            : new ShardAnswer(shard, failed.Status, failed.Message, []);
    }

    /// <summary>The items of one shard's matches among the best.</summary>
    async Task<ShardItems> Items(CorpusQuery query, ShardAnswer shard, ShardHit[][] best, Deadline deadline, CancellationToken cancellation)
    {
        var wanted = best.SelectMany(hits => hits.Where(hit => hit.Shard == shard.Number)).DistinctBy(PlaceOf).Chunk(MostItems);
        var replies = await Several(
            wanted,
            async hits => (Hits: hits, Reply: await Ask(
                token => Grain(query, shard.Number).Items(HitPacking.ItemsQuery(query.Corpus.Name, hits), token),
                (status, message) => new ShardItemsReply(status, [], message),
                deadline,
                cancellation)),
            cancellation);
        if (replies.Select(part => part.Reply).FirstOrDefault(reply => reply.Status != CorpusStatus.Ok) is { } failed)
            return new ShardItems(shard.Number, failed.Status, failed.Message, []);
        var items = new Dictionary<(string, int), CorpusItem>();
        foreach (var (hits, reply) in replies)
        {
            for (var i = 0; i < hits.Length; i++)
                items[PlaceOf(hits[i])] = reply.Items[i];
        }

        return new ShardItems(shard.Number, CorpusStatus.Ok, null, items);
    }

    ICorpusShardGrain Grain(CorpusQuery query, int shard) =>
        grains.GetGrain<ICorpusShardGrain>(new ShardAddress(query.Corpus.Name, shard, query.Pin).ToString());

    static async Task<T[]> Several<TPart, T>(IEnumerable<TPart> parts, Func<TPart, Task<T>> call, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(CallsAtOnce);
        return await Task.WhenAll(parts.ToArray().Select(async part =>
        {
            await places.WaitAsync(cancellation);
            try
            {
                return await call(part);
            }
            finally
            {
                places.Release();
            }
        }));
    }

    /// <summary>One call, repeated while its silo is gone and time is left.</summary>
    static async Task<T> Ask<T>(
        Func<CancellationToken, Task<T>> call, Func<CorpusStatus, string, T> failed, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Math.Max(1, deadline.RemainingMs));
            try
            {
                return await call(limit.Token).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return failed(CorpusStatus.Unavailable, "it did not answer in time");
            }
            catch (StoreException e)
            {
                return failed(CorpusStatus.StoreFailed, e.Message);
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                if (deadline.RemainingMs <= RetryDelay.TotalMilliseconds)
                    return failed(CorpusStatus.Unavailable, e.Message);
                await Task.Delay(RetryDelay, cancellation);
            }
        }
    }

    sealed record ShardAnswer(int Number, CorpusStatus Status, string? Message, ShardHit[][] Hits);

    sealed record ShardItems(int Shard, CorpusStatus Status, string? Message, Dictionary<(string, int), CorpusItem> Items);
}
