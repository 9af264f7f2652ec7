using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>Asks all shards of a corpus at once. A shard whose silo died comes up on another one, so a failed call is tried again.</summary>
public sealed class ShardFan(IGrainFactory grains)
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The best items of every shard that answered, merged; and how many answered.</summary>
    public async Task<CorpusMatches> Search(CorpusQuery query, Deadline deadline, CancellationToken cancellation)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, query.Corpus.Shards).Select(shard => Ask(query, shard, deadline, cancellation)));
        var answered = replies.Where(reply => reply.Status == CorpusStatus.Ok).ToArray();
        var failed = replies.FirstOrDefault(reply => reply.Status != CorpusStatus.Ok);
        return new CorpusMatches(
            [.. Enumerable.Range(0, query.Count).Select(i => ShardMerge.Merge(answered.Select(reply => reply.Matches[i]), query.TopK))],
            answered.Length,
            failed?.Status ?? CorpusStatus.Ok,
            failed?.Message);
    }

    async Task<ShardReply> Ask(CorpusQuery query, int shard, Deadline deadline, CancellationToken cancellation)
    {
        var key = query.Pin is null ? $"{query.Corpus.Name}/{shard}" : $"{query.Corpus.Name}/{shard}/{query.Pin}";
        var grain = grains.GetGrain<ICorpusShardGrain>(key);
        var bytes = FloatBytes.From(query.Queries);
        while (true)
        {
            var question = new ShardQuery(
                query.Corpus.Version, bytes, query.Count, query.Kind, query.TopK, deadline.RemainingMs, query.Corpus.Id, query.Filter);
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
