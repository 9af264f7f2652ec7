using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>Asks all shards of a corpus at once. A shard whose silo died comes up on another one, so a failed call is tried again.</summary>
public sealed class ShardFan(IGrainFactory grains)
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Matches of one answer, over all its queries: an item takes a few hundred bytes, an answer should stay below a megabyte.</summary>
    const int MostMatches = 2000;

    /// <summary>Questions that one shard has at a time; those that wait for it go through its rows together.</summary>
    const int QuestionsAtOnce = 16;

    /// <summary>The best items of every shard that answered, merged; and how many answered.</summary>
    public async Task<CorpusMatches> Search(CorpusQuery query, Deadline deadline, CancellationToken cancellation)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, query.Corpus.Shards).Select(shard => AskAll(query, shard, deadline, cancellation)));
        var answered = replies.Where(reply => reply.Status == CorpusStatus.Ok).ToArray();
        var failed = replies.FirstOrDefault(reply => reply.Status != CorpusStatus.Ok);
        return new CorpusMatches(
            [.. Enumerable.Range(0, query.Count).Select(i => ShardMerge.Merge(answered.Select(reply => reply.Matches[i]), query.TopK))],
            answered.Length,
            failed?.Status ?? CorpusStatus.Ok,
            failed?.Message);
    }

    /// <summary>Asks one shard in as many questions as its answers need; it has answered when it has answered all of them.</summary>
    async Task<ShardReply> AskAll(CorpusQuery query, int shard, Deadline deadline, CancellationToken cancellation)
    {
        var width = query.Queries.Length / Math.Max(1, query.Count);
        var queries = Math.Max(1, MostMatches / Math.Max(1, query.TopK));
        var starts = Enumerable.Range(0, (query.Count + queries - 1) / queries).Select(i => i * queries).ToArray();
        using var places = new SemaphoreSlim(QuestionsAtOnce);
        var replies = await Task.WhenAll(starts.Select(async start =>
        {
            await places.WaitAsync(cancellation);
            try
            {
                var count = Math.Min(queries, query.Count - start);
                return await Ask(query, shard, FloatBytes.From(query.Queries.AsSpan(start * width, count * width)), count, deadline, cancellation);
            }
            finally
            {
                places.Release();
            }
        }));
        return replies.FirstOrDefault(reply => reply.Status != CorpusStatus.Ok)
            ?? new ShardReply(CorpusStatus.Ok, [.. replies.SelectMany(reply => reply.Matches)]);
    }

    async Task<ShardReply> Ask(CorpusQuery query, int shard, byte[] vectors, int count, Deadline deadline, CancellationToken cancellation)
    {
        var grain = grains.GetGrain<ICorpusShardGrain>(new ShardAddress(query.Corpus.Name, shard, query.Pin).ToString());
        while (true)
        {
            var question = new ShardQuery(
                query.Corpus.Version, vectors, count, query.Kind, query.TopK, deadline.RemainingMs, query.Corpus.Id, query.Filter);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Math.Max(1, deadline.RemainingMs));
            try
            {
                return await grain.Search(question, limit.Token).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return new ShardReply(CorpusStatus.Unavailable, [], "it did not answer in time");
            }
            catch (StoreException e)
            {
                return new ShardReply(CorpusStatus.StoreFailed, [], e.Message);
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                if (deadline.RemainingMs <= RetryDelay.TotalMilliseconds)
                    return new ShardReply(CorpusStatus.Unavailable, [], e.Message);
                await Task.Delay(RetryDelay, cancellation);
            }
        }
    }
}
