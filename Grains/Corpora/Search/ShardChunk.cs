namespace MplugCluster.Grains.Corpora.Search;

/// <summary>A piece of a shard that one thread goes through at a time.</summary>
/// <param name="Segment">Number of the segment within the shard.</param>
/// <param name="Row">First row, a multiple of 64.</param>
/// <param name="Rows">Rows.</param>
readonly record struct ShardChunk(int Segment, int Row, int Rows)
{
    /// <summary>Large enough for the counter that deals chunks out not to matter, small enough for the threads to end together; a multiple of the blocks of a scan.</summary>
    const int MostRows = 21 * ExactScan.Block;

    public static IEnumerable<ShardChunk> Of(IReadOnlyList<int> segmentRows) => segmentRows.SelectMany((rows, segment) =>
        Enumerable.Range(0, (rows + MostRows - 1) / MostRows).Select(i => new ShardChunk(segment, i * MostRows, Math.Min(MostRows, rows - i * MostRows))));
}
