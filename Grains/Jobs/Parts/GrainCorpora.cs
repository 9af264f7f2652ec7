using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Corpora behind their grains, wherever those are.</summary>
sealed class GrainCorpora(IGrainFactory grains, ShardFan shards) : ICorpora
{
    /// <inheritdoc/>
    public Task<CorpusItem?[]> Find(string corpus, string[] ids, CancellationToken cancellation) => Grain(corpus).Find(ids, cancellation);

    /// <inheritdoc/>
    public Task<string[][]> FindOwners(string corpus, string[] contentHashes, CancellationToken cancellation) =>
        Grain(corpus).FindOwners(contentHashes, cancellation);

    /// <inheritdoc/>
    public Task<ItemPage> List(string corpus, string? cursor, int limit, CancellationToken cancellation) =>
        Grain(corpus).List(cursor, limit, cancellation);

    /// <inheritdoc/>
    public Task<CorpusReply> Commit(string corpus, CorpusCommit commit, CancellationToken cancellation) => Grain(corpus).Commit(commit, cancellation);

    /// <inheritdoc/>
    public Task<CorpusMatches> Search(CorpusQuery query, Deadline deadline, CancellationToken cancellation) =>
        shards.Search(query, deadline, cancellation);

    ICorpusGrain Grain(string corpus) => grains.GetGrain<ICorpusGrain>(corpus);
}
