namespace MplugCluster.Silo.Options;

/// <summary>Corpora: section <c>Mplug:Corpora</c>. The same on every silo of a cluster.</summary>
public sealed record CorpusOptions
{
    /// <summary>Items that one shard holds. Default: 65,536.</summary>
    public int ItemsPerShard { get; init; } = 65_536;
}
