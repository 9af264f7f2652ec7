namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>One block of an ingest job, ready to become part of its corpus.</summary>
/// <param name="Corpus">Identity of the corpus that the job was made for.</param>
/// <param name="Job">The job.</param>
/// <param name="Block">Number of the block; blocks are committed in order.</param>
/// <param name="SegmentFile">Object with the new rows, a segment file; null if there are none. An id that is there is replaced.</param>
/// <param name="Removed">Ids to remove.</param>
[GenerateSerializer, Immutable, Alias("mplug.CorpusCommit")]
public sealed record CorpusCommit(
    [property: Id(0)] Guid Corpus,
    [property: Id(1)] string Job,
    [property: Id(2)] int Block,
    [property: Id(3)] string? SegmentFile,
    [property: Id(4)] string[] Removed);
