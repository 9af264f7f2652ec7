using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora;

/// <summary>One segment of a corpus.</summary>
/// <param name="File">Object that holds it.</param>
/// <param name="Rows">Items in it.</param>
/// <param name="Deleted">Rows that are gone.</param>
/// <param name="Pictures">Pictures among the rows that are left; the others are texts.</param>
public sealed record SegmentEntry(string File, int Rows, Tombstones Deleted, int Pictures = 0)
{
    /// <summary>Rows that are left.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Live => Rows - Deleted.Count;
}
