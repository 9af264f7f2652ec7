namespace MplugCluster.Grains.Corpora.Search;

/// <summary>A shard's embeddings do not fit the silo's memory. The message says what is needed, what there is, and what to do.</summary>
public sealed class EmbeddingsTooLargeException(long needed, EmbeddingBudget budget) : Exception(FormattableString.Invariant(
    $"Its int8 embeddings need {needed / 1e6:0.#} MB; {Math.Max(0, budget.Left) / 1e6:0.#} MB of this silo's {budget.Bytes / 1e6:0.#} MB for embeddings are left. Add silos, raise Mplug:Corpora:MemoryBytes, or set Mplug:Corpora:Precision to fp32, which reads from disk what memory does not hold."));
