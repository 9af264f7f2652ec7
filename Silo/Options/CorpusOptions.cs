using MplugCluster.Grains.Corpora.Search;

namespace MplugCluster.Silo.Options;

/// <summary>Corpora: section <c>Mplug:Corpora</c>. The same on every silo of a cluster.</summary>
public sealed record CorpusOptions
{
    const double MemoryShare = 0.7;

    /// <summary>
    /// Items that one shard holds; a search asks all shards, which lie on any silo. Default: 262,144 (268 MB of float32 for the published model).
    /// </summary>
    public int ItemsPerShard { get; init; } = 262_144;

    /// <summary>
    /// What searches go through: <c>fp32</c>, the mapped files, or <c>int8</c>, copies in memory of a quarter the size, which are faster. Results
    /// are the same. Default: <c>fp32</c>.
    /// </summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>Threads of one scan. Default: 0, half the cores, at least one.</summary>
    public int ScanThreads { get; init; }

    /// <summary>
    /// Bytes of embeddings that the silo may hold. Beyond them fp32 reads from disk, with a warning, and int8 refuses. Default: 0, 70 % of the
    /// memory that the process may use.
    /// </summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// Seconds that a segment's file stays after it has left its corpus, for searches and jobs that still look at it. Default: 3,600.
    /// </summary>
    public int SegmentGraceSeconds { get; init; } = 3600;

    /// <summary>
    /// Directory for copies of segments where the store is not a directory of this machine; they go when the process does. Default:
    /// <c>mplug-segments</c> in the temporary directory.
    /// </summary>
    public string Scratch { get; init; } = "";

    internal EmbeddingPrecision ChosenPrecision => Precision == "int8" ? EmbeddingPrecision.Int8 : EmbeddingPrecision.Fp32;

    internal int ChosenScanThreads => ScanThreads > 0 ? ScanThreads : Math.Max(1, Environment.ProcessorCount / 2);

    internal long ChosenMemoryBytes => MemoryBytes > 0 ? MemoryBytes : (long)(MemoryShare * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    internal string ChosenScratch => Scratch.Length > 0 ? Scratch : Path.Combine(Path.GetTempPath(), "mplug-segments");
}
