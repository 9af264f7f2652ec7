namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>One corpus: a named, atomically switched list of segments in the object store. Key: its name.</summary>
[Alias("mplug.ICorpusGrain")]
public interface ICorpusGrain : IGrainWithStringKey
{
    /// <summary>Makes an empty corpus.</summary>
    [Alias("Create"), ResponseTimeout("00:00:30")]
    Task<CorpusReply> Create(string fingerprint, string convention, CancellationToken cancellation = default);

    /// <summary>The corpus as it is now.</summary>
    [Alias("Describe"), ResponseTimeout("00:00:30")]
    Task<CorpusReply> Describe(CancellationToken cancellation = default);

    /// <summary>Adds or replaces items; encodes what is new. Idempotent: the same items again change nothing.</summary>
    /// <param name="items">At most 1,000 items.</param>
    /// <param name="budgetMs">Time left for the call, in milliseconds.</param>
    /// <param name="cancellation">Stops the work; what was not committed is not there.</param>
    [Alias("Upsert"), ResponseTimeout("00:05:00")]
    Task<UpsertReply> Upsert(CorpusItem[] items, int budgetMs, CancellationToken cancellation = default);

    /// <summary>Removes items; unknown ids are no error.</summary>
    /// <returns>The corpus and, as <see cref="ItemOutcome"/>s, the ids that were there.</returns>
    [Alias("Remove"), ResponseTimeout("00:00:30")]
    Task<UpsertReply> Remove(string[] ids, CancellationToken cancellation = default);

    /// <summary>Items by id, from <paramref name="cursor"/> (exclusive; null: from the start) on.</summary>
    [Alias("List"), ResponseTimeout("00:00:30")]
    Task<ItemPage> List(string? cursor, int limit, CancellationToken cancellation = default);

    /// <summary>Deletes the corpus with its segments; pictures and features stay (other corpora may use them).</summary>
    [Alias("Drop"), ResponseTimeout("00:00:30")]
    Task<CorpusReply> Drop(CancellationToken cancellation = default);

    /// <summary>The items of ids, in order; null where there is none.</summary>
    /// <param name="ids">At most 1,000 ids.</param>
    /// <param name="cancellation">Stops the search.</param>
    [Alias("Find"), ResponseTimeout("00:00:30")]
    Task<CorpusItem?[]> Find(string[] ids, CancellationToken cancellation = default);

    /// <summary>For each content hash, in order, the ids of the items that have this content: the first 32 in ordinal order.</summary>
    /// <param name="contentHashes">At most 1,000 hashes.</param>
    /// <param name="cancellation">Stops the search.</param>
    [Alias("FindOwners"), ResponseTimeout("00:00:30")]
    Task<string[][]> FindOwners(string[] contentHashes, CancellationToken cancellation = default);

    /// <summary>
    /// Adds a segment that a job has written, and removes items, in one switch. A block that has been committed before changes nothing, so that
    /// neither a repeated nor a late call can double a row.
    /// </summary>
    [Alias("Commit"), ResponseTimeout("00:01:00")]
    Task<CorpusReply> Commit(CorpusCommit commit, CancellationToken cancellation = default);

    /// <summary>
    /// Takes over what another corpus holds, its model and convention included, in one switch; the other stays as it is. Shards and jobs see a new
    /// identity, so that what was meant for the old content is refused.
    /// </summary>
    [Alias("Adopt"), ResponseTimeout("00:01:00")]
    Task<CorpusReply> Adopt(string other, CancellationToken cancellation = default);

    /// <summary>Items by id with their embeddings, from <paramref name="cursor"/> (exclusive; null: from the start) on; a last page may be empty.</summary>
    [Alias("ListEmbeddings"), ResponseTimeout("00:00:30")]
    Task<ItemPage> ListEmbeddings(string? cursor, int limit, CancellationToken cancellation = default);
}
