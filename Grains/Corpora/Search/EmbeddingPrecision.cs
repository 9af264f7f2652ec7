namespace MplugCluster.Grains.Corpora.Search;

/// <summary>What a shard goes through. Results are the same bits with each.</summary>
public enum EmbeddingPrecision
{
    /// <summary>The mapped float32 embeddings: four bytes a number, paged in and out by the system.</summary>
    Fp32,

    /// <summary>8-bit copies in memory: about one byte a number; what may be among the best is read from its file and compared in float32.</summary>
    Int8,
}
