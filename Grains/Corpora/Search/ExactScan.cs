using System.Runtime.InteropServices;
using MplugCluster.Grains.Corpora.Kernels;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Search by going through the float32 embeddings where the files are mapped.</summary>
static unsafe class ExactScan
{
    /// <summary>Rows whose similarities are kept at a time.</summary>
    const int Block = 256;

    /// <summary>Most queries that pass over a block at a time.</summary>
    const int QueryBlock = 64;

    /// <summary>Offers all rows of the chunks to the queries' lists, as many threads as there are workers.</summary>
    public static TopK[] Run(ShardRows rows, IReadOnlyList<RowQuery> queries, RowMask[][] masks, ScanTeam team)
    {
        if (queries.Count == 0)
            return [];

        // Aligned, because these numbers are loaded again and again: a load that crosses a line of the cache costs two.
        var width = rows.Width;
        var joined = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, queries.Count * width) * sizeof(float), 64);
        try
        {
            for (var i = 0; i < queries.Count; i++)
                queries[i].Vector.Span.CopyTo(new Span<float>(joined + i * width, width));
            return Run(rows, queries, joined, masks, team);
        }
        finally
        {
            NativeMemory.AlignedFree(joined);
        }
    }

    static TopK[] Run(ShardRows rows, IReadOnlyList<RowQuery> queries, float* joined, RowMask[][] masks, ScanTeam team)
    {
        var next = 0;
        var workers = Math.Min(team.Threads, rows.Chunks.Length);
        var best = new TopK[Math.Max(1, workers)][];
        best[0] = Lists(rows, queries);
        if (workers > 0)
            team.Run(workers, worker =>
            {
                best[worker] ??= Lists(rows, queries);
                for (var at = Interlocked.Increment(ref next) - 1; at < rows.Chunks.Length; at = Interlocked.Increment(ref next) - 1)
                    Scan(rows.Segments[rows.Chunks[at].Segment], rows.Chunks[at], joined, masks, best[worker]);
            });
        foreach (var other in best.Skip(1))
        {
            for (var i = 0; i < queries.Count; i++)
                best[0][i].Add(other[i]);
        }

        return best[0];
    }

    static TopK[] Lists(ShardRows rows, IReadOnlyList<RowQuery> queries) => [.. queries.Select(query => new TopK(query.TopK, rows))];

    static void Scan(MappedSegment segment, ShardChunk chunk, float* queries, RowMask[][] masks, TopK[] best)
    {
        var (width, kernel) = (segment.Width, SimilarityKernels.For(segment.Width));
        var turns = (best.Length + QueryBlock - 1) / QueryBlock;
        var perTurn = (best.Length + turns - 1) / turns;
        var buffer = (float*)NativeMemory.AlignedAlloc((nuint)(Block * perTurn * sizeof(float)), 64);
        fixed (float* embeddings = segment.Embeddings)
        {
            for (var row = chunk.Row; row < chunk.Row + chunk.Rows; row += Block)
            {
                var count = Math.Min(Block, chunk.Row + chunk.Rows - row);
                var words = (row / 64)..((row + count + 63) / 64);
                for (var first = 0; first < best.Length; first += perTurn)
                {
                    var some = Math.Min(perTurn, best.Length - first);
                    if (!Any(masks, chunk.Segment, words, first, some))
                        continue;
                    kernel.Multiply(embeddings + (nint)row * width, count, width, queries + (nint)first * width, some, buffer, Block);
                    for (var i = 0; i < some; i++)
                        best[first + i].Add(buffer + (nint)i * Block, masks[first + i][chunk.Segment].Words[words], chunk.Segment, row);
                }
            }
        }

        NativeMemory.AlignedFree(buffer);
        GC.KeepAlive(segment);
    }

    static bool Any(RowMask[][] masks, int segment, Range words, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            if (masks[i][segment].Words[words].ContainsAnyExcept(0UL))
                return true;
        }

        return false;
    }
}
