using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;
using Orleans.Concurrency;

namespace MplugCluster.Grains.Corpora;

/// <inheritdoc cref="ICorpusShardGrain"/>
[Reentrant]
sealed class CorpusShardGrain(IObjectStore store, CorpusSettings settings) : Grain, ICorpusShardGrain
{
    /// <summary>Time that a row and query take, in milliseconds: 256 numbers at memory speed.</summary>
    const double CostPerRowMs = 5e-5;

    EmbeddingShard? shard;
    Task? loading;

    public async Task<ShardReply> Search(ShardQuery query, CancellationToken cancellation = default)
    {
        var deadline = Deadline.In(query.BudgetMs);
        EmbeddingShard? current;
        try
        {
            current = await Current(query, cancellation);
        }
        catch (StoreException e)
        {
            return new ShardReply(CorpusStatus.StoreFailed, [], e.Message);
        }

        if (current is null)
            return new ShardReply(CorpusStatus.NotFound, [], $"There is no corpus '{this.GetPrimaryKeyString()}'.");
        var cost = (int)(CostPerRowMs * current.Rows * query.Count);
        var found = await settings.ScanLane.Run(
            () => current.Search(FloatBytes.ToFloats(query.Queries), query.Count, query.Kind, query.TopK), cost, deadline, cancellation);
        return found.Ok
            ? new ShardReply(CorpusStatus.Ok, found.Value)
            : new ShardReply(found.Status == CallStatus.Overloaded ? CorpusStatus.Overloaded : CorpusStatus.Unavailable, [], found.Message);
    }

    /// <summary>
    /// The shard at the version that the caller saw, or a later one; null if that corpus is not there any more. Callers share a load, and one
    /// that joined a load which had begun too early waits for a second.
    /// </summary>
    async Task<EmbeddingShard?> Current(ShardQuery query, CancellationToken cancellation)
    {
        for (var loads = 0; loads < 2 && !Fits(query); loads++)
        {
            if (loading is null or { IsCompleted: true })
                loading = Load();
            await loading.WaitAsync(cancellation);
        }

        return Fits(query) ? shard : null;
    }

    bool Fits(ShardQuery query) => shard is not null && shard.Corpus == query.Corpus && shard.Version >= query.Version;

    async Task Load()
    {
        var parts = this.GetPrimaryKeyString().Split('/');
        shard = await EmbeddingShard.Load(
            store, parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), settings.ItemsPerShard, shard, CancellationToken.None);
    }
}
