namespace MplugCluster.Grains.Corpora;

/// <summary>One segment of a corpus.</summary>
/// <param name="File">Object that holds it.</param>
/// <param name="Rows">Items in it.</param>
/// <param name="Deleted">Rows that are gone (tombstones), ascending.</param>
public sealed record SegmentEntry(string File, int Rows, int[] Deleted);
