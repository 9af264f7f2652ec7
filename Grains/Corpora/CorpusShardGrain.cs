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
    Task<EmbeddingShard?>? loading;

    public async Task<ShardReply> Search(ShardQuery query, CancellationToken cancellation = default)
    {
        var deadline = Deadline.In(query.BudgetMs);
        var current = await Current(query.Version, cancellation);
        if (current is null)
            return new ShardReply(CorpusStatus.NotFound, [], $"There is no corpus '{this.GetPrimaryKeyString()}'.");
        var cost = (int)(CostPerRowMs * current.Rows * query.Count);
        var found = await settings.ScanLane.Run(
            () => current.Search(FloatBytes.ToFloats(query.Queries), query.Count, query.Kind, query.TopK), cost, deadline, cancellation);
        return found.Ok
            ? new ShardReply(CorpusStatus.Ok, found.Value)
            : new ShardReply(found.Status == CallStatus.Overloaded ? CorpusStatus.Overloaded : CorpusStatus.Unavailable, [], found.Message);
    }

    /// <summary>The shard at the version that the caller saw, or a later one; callers that wait for it share one load.</summary>
    async Task<EmbeddingShard?> Current(long version, CancellationToken cancellation)
    {
        while (shard is null || shard.Version < version)
        {
            loading ??= Load();
            var loaded = await loading.WaitAsync(cancellation);
            if (loaded is null)
                return null;
        }

        return shard;
    }

    async Task<EmbeddingShard?> Load()
    {
        var parts = this.GetPrimaryKeyString().Split('/');
        try
        {
            var loaded = await EmbeddingShard.Load(
                store, parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), settings.ItemsPerShard, shard, CancellationToken.None);
            shard = loaded;
            return loaded;
        }
        finally
        {
            loading = null;
        }
    }
}
