namespace MplugCluster.Grains.Corpora;

/// <summary>A segment that a corpus has no more, whose file is still there for searches that began before.</summary>
/// <param name="File">Object that holds it.</param>
/// <param name="At">When it left the corpus.</param>
public sealed record RetiredSegment(string File, DateTimeOffset At);
