using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Corpora.Filters;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;
using Orleans.Concurrency;

namespace MplugCluster.Grains.Corpora;

/// <inheritdoc cref="ICorpusShardGrain"/>
[Reentrant]
sealed partial class CorpusShardGrain(CorpusSettings settings, ILogger<CorpusShardGrain> logger) : Grain, ICorpusShardGrain
{
    readonly ShardQueue queue = new(settings.ScanLane, settings.ScanTeam);
    EmbeddingShard? shard;
    Task? loading;

    ShardAddress Address => ShardAddress.Parse(this.GetPrimaryKeyString());

    public async Task<ShardReply> Search(ShardQuery query, CancellationToken cancellation = default)
    {
        var deadline = Deadline.In(query.BudgetMs);
        try
        {
            var filter = query.Filter is { } text ? ItemFilter.Parse(text) : null;
            if (await Current(query, cancellation) is not { } current)
                return new ShardReply(CorpusStatus.NotFound, [], $"There is no corpus '{Address}'.");
            var vectors = FloatBytes.ToFloats(query.Queries).ToArray();
            var width = vectors.Length / Math.Max(1, query.Count);
            if (current.Width != 0 && current.Width != width)
                return new ShardReply(CorpusStatus.Mismatch, [], $"The queries have {width} numbers, the corpus's embeddings {current.Width}.");
            RowQuery[] queries = [.. Enumerable.Range(0, query.Count)
                .Select(i => new RowQuery(vectors.AsMemory(i * width, width), query.Kind, filter, query.TopK))];
            var found = await queue.Search(current, queries, deadline, cancellation);
            return found.Ok
                ? new ShardReply(CorpusStatus.Ok, [], Hits: found.Value)
                : new ShardReply(found.Status == CallStatus.Overloaded ? CorpusStatus.Overloaded : CorpusStatus.Unavailable, [], found.Message);
        }
        catch (StoreException e)
        {
            return new ShardReply(CorpusStatus.StoreFailed, [], e.Message);
        }
        catch (EmbeddingsTooLargeException e)
        {
            return new ShardReply(CorpusStatus.Unavailable, [], $"Shard '{Address}' does not fit: {e.Message}");
        }
        catch (FormatException e)
        {
            return new ShardReply(CorpusStatus.Mismatch, [], e.Message);
        }
    }

    public async Task<ShardItemsReply> Items(ShardItemsQuery query, CancellationToken cancellation = default)
    {
        try
        {
            var segments = await Task.WhenAll(query.Files.Select(file => settings.Segments.Open(query.Corpus, file, cancellation)));
            return new ShardItemsReply(CorpusStatus.Ok, HitPacking.Items(segments, query.Places));
        }
        catch (StoreException e)
        {
            return new ShardItemsReply(CorpusStatus.StoreFailed, [], e.Message);
        }
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
        shard = await EmbeddingShard.Load(
            settings.Segments, Address, settings.ItemsPerShard, settings.Precision, settings.Budget, CancellationToken.None);
        var mapped = settings.Segments.EmbeddingBytes;
        if (settings.Precision == EmbeddingPrecision.Fp32 && mapped > settings.Budget.Bytes && settings.Budget.WarnOnce())
            LogPaged(mapped / 1_000_000, settings.Budget.Bytes / 1_000_000);
    }

    [LoggerMessage(LogLevel.Warning,
        "Embeddings of {Needed} MB are searched on this silo, which has {Budget} MB for them: the rest is read from disk again and again, and searches are slow. Add silos, raise Mplug:Corpora:MemoryBytes, or set Mplug:Corpora:Precision to int8, which needs a quarter.")]
    partial void LogPaged(long needed, long budget);
}
