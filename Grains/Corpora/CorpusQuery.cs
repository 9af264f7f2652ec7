using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora;

/// <summary>A batch of queries to all shards of a corpus.</summary>
public sealed record CorpusQuery
{
    /// <summary>The corpus, as the caller saw it.</summary>
    public required CorpusDescription Corpus { get; init; }

    /// <summary>Object of the manifest to search, where it must be that very version (a job's); null: this version of the corpus, or a later one.</summary>
    public string? Pin { get; init; }

    /// <summary>Unit vectors <c>[queries, embed_dim]</c>.</summary>
    public required float[] Queries { get; init; }

    /// <summary>Number of queries.</summary>
    public required int Count { get; init; }

    /// <summary>Items to look among; null: all.</summary>
    public ItemKind? Kind { get; init; }

    /// <summary>Condition on the items' metadata, as JSON; null: none.</summary>
    public string? Filter { get; init; }

    /// <summary>Matches wanted per query.</summary>
    public required int TopK { get; init; }
}
