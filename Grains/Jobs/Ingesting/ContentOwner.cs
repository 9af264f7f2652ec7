namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>An item of the corpus that has a content and will have it after the ingest.</summary>
/// <param name="Id">The item.</param>
/// <param name="IsEarlier">Whether an earlier block of this ingest has listed it.</param>
sealed record ContentOwner(string Id, bool IsEarlier);
