using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>What jobs ask of corpora.</summary>
interface ICorpora
{
    /// <summary>The items of ids, in order; null where there is none.</summary>
    Task<CorpusItem?[]> Find(string corpus, string[] ids, CancellationToken cancellation);

    /// <summary>For each content hash, in order, the ids of items that have it, in ordinal order.</summary>
    Task<string[][]> FindOwners(string corpus, string[] contentHashes, CancellationToken cancellation);

    /// <summary>A page of items by id, behind a cursor.</summary>
    Task<ItemPage> List(string corpus, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>Commits a block, once.</summary>
    Task<CorpusReply> Commit(string corpus, CorpusCommit commit, CancellationToken cancellation);

    /// <summary>Searches all shards.</summary>
    Task<CorpusMatches> Search(CorpusQuery query, Deadline deadline, CancellationToken cancellation);
}
