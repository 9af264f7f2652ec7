using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Gateway.Search;

/// <summary>Asks all shards of a corpus at once. A shard whose silo died comes up on another one, so a failed call is tried again.</summary>
sealed class ShardFan(IGrainFactory grains)
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The best items of every shard that answered, merged; and how many answered.</summary>
    public async Task<(ShardMatch[] Best, int Answered, string? Fault)> Search(
        SearchPlan plan, float[] query, Deadline deadline, CancellationToken cancellation)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, plan.Corpus.Shards).Select(shard => Ask(plan, shard, query, deadline, cancellation)));
        var answered = replies.Where(reply => reply.Status == CorpusStatus.Ok).ToArray();
        if (replies.Any(reply => reply.Status == CorpusStatus.NotFound))
            throw Problems.NoCorpus(plan.Corpus.Name);
        return (
            ShardMerge.Merge(answered.Select(reply => reply.Matches[0]), plan.Depth),
            answered.Length,
            replies.FirstOrDefault(reply => reply.Status != CorpusStatus.Ok)?.Message);
    }

    async Task<ShardReply> Ask(SearchPlan plan, int shard, float[] query, Deadline deadline, CancellationToken cancellation)
    {
        var grain = grains.GetGrain<ICorpusShardGrain>($"{plan.Corpus.Name}/{shard}");
        while (true)
        {
            var question = new ShardQuery(plan.Corpus.Version, FloatBytes.From(query), 1, plan.Items, plan.Depth, deadline.RemainingMs, plan.Corpus.Id);
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
