using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>The rows of a shard, as scans go through them.</summary>
/// <param name="segments">The segments, all of one width.</param>
sealed class ShardRows(IReadOnlyList<MappedSegment> segments)
{
    public IReadOnlyList<MappedSegment> Segments => segments;

    /// <summary>Their rows in pieces.</summary>
    public ShardChunk[] Chunks { get; } = [.. ShardChunk.Of([.. segments.Select(segment => segment.Rows)])];

    /// <summary>Number, within the shard, of each segment's first row.</summary>
    public long[] Starts { get; } = [.. segments.Select((_, i) => segments.Take(i).Sum(segment => (long)segment.Rows))];

    /// <summary>Numbers of an embedding; 0 for a shard without rows.</summary>
    public int Width { get; } = segments.Count == 0 ? 0 : segments[0].Width;

    /// <summary>Where a row of a number within the shard lies.</summary>
    public (int Segment, int Row) PlaceOf(uint number)
    {
        var found = Array.BinarySearch(Starts, number);
        var segment = found >= 0 ? found : ~found - 1;
        return (segment, (int)(number - Starts[segment]));
    }
}
