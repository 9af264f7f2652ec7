using MplugCluster.Grains.Inference;

namespace MplugCluster.Grains.Corpora;

/// <summary>What corpus grains share on a silo.</summary>
/// <param name="ItemsPerShard">Items of one shard.</param>
/// <param name="ScanLane">Where shards are searched.</param>
public sealed record CorpusSettings(int ItemsPerShard, Lane ScanLane);
