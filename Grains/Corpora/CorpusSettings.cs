using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Inference;

namespace MplugCluster.Grains.Corpora;

/// <summary>What corpus grains share on a silo.</summary>
public sealed record CorpusSettings
{
    /// <summary>Items of one shard.</summary>
    public required int ItemsPerShard { get; init; }

    /// <summary>The segments that the silo has mapped.</summary>
    public required SegmentCache Segments { get; init; }

    /// <summary>Where shards are searched; it has one thread.</summary>
    public required Lane ScanLane { get; init; }

    /// <summary>The threads of a scan.</summary>
    public required ScanTeam ScanTeam { get; init; }

    /// <summary>What searches go through.</summary>
    public required EmbeddingPrecision Precision { get; init; }

    /// <summary>Memory for embeddings.</summary>
    public required EmbeddingBudget Budget { get; init; }

    /// <summary>How long a segment that left its corpus stays for those who still look at it.</summary>
    public required TimeSpan SegmentGrace { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
