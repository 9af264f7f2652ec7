using System.Numerics;
using System.Runtime.InteropServices;
using MplugCluster.Grains.Corpora.Kernels;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Search by going through the float32 embeddings where the files are mapped.</summary>
static unsafe class ExactScan
{
    /// <summary>Rows whose similarities are kept at a time: whole words of a mask, and whole turns of the batch kernel.</summary>
    public const int Block = 16 * Avx512BatchKernel.Rows;

    /// <summary>Most queries that pass over a block at a time.</summary>
    const int QueryBlock = Avx512BatchKernel.Queries;

    /// <summary>Offers all rows of the chunks to the queries' lists, as many threads as there are workers.</summary>
    public static TopK[] Run(ShardRows rows, IReadOnlyList<RowQuery> queries, RowMask[][] masks, ScanTeam team)
    {
        // A shard without rows has no width either.
        if (queries.Count == 0 || rows.Chunks.Length == 0)
            return Lists(rows, queries);

        // Aligned, because these numbers are loaded again and again: a load that crosses a line of the cache costs two.
        var width = rows.Width;
        var size = queries.Count * width;
        var batches = Avx512BatchKernel.IsSupported && width % SimilarityKernels.Lanes == 0 ? queries.Count / QueryBlock : 0;
        var joined = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, size + batches * QueryBlock * width) * sizeof(float), 64);
        var arranged = joined + size;
        try
        {
            for (var i = 0; i < queries.Count; i++)
                queries[i].Vector.Span.CopyTo(new Span<float>(joined + i * width, width));
            for (var i = 0; i < batches * QueryBlock; i += QueryBlock)
                Avx512BatchKernel.Arrange(joined + i * width, width, arranged + i * width);
            return Run(rows, queries, joined, batches > 0 ? arranged : null, masks, team);
        }
        finally
        {
            NativeMemory.AlignedFree(joined);
        }
    }

    /// <param name="arranged">The whole blocks of queries as <see cref="Avx512BatchKernel"/> wants them; null where it has none or cannot.</param>
    static TopK[] Run(ShardRows rows, IReadOnlyList<RowQuery> queries, float* joined, float* arranged, RowMask[][] masks, ScanTeam team)
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
                    Scan(rows.Segments[rows.Chunks[at].Segment], rows.Chunks[at], joined, arranged, masks, best[worker]);
            });
        foreach (var other in best.Skip(1))
        {
            for (var i = 0; i < queries.Count; i++)
                best[0][i].Add(other[i]);
        }

        return best[0];
    }

    static TopK[] Lists(ShardRows rows, IReadOnlyList<RowQuery> queries) => [.. queries.Select(query => new TopK(query.TopK, rows))];

    static void Scan(MappedSegment segment, ShardChunk chunk, float* queries, float* arranged, RowMask[][] masks, TopK[] best)
    {
        var (width, kernel) = (segment.Width, SimilarityKernels.For(segment.Width));
        var buffer = (float*)NativeMemory.AlignedAlloc((nuint)(Block * Math.Min(best.Length, QueryBlock) * sizeof(float)), 64);
        fixed (float* embeddings = segment.Embeddings)
        {
            for (var row = chunk.Row; row < chunk.Row + chunk.Rows; row += Block)
            {
                var count = Math.Min(Block, chunk.Row + chunk.Rows - row);
                var words = (row / 64)..((row + count + 63) / 64);
                for (var first = 0; first < best.Length; first += QueryBlock)
                {
                    var some = Math.Min(QueryBlock, best.Length - first);
                    if (!Any(masks, chunk.Segment, words, first, some))
                        continue;
                    if (arranged is not null && count == Block && some == QueryBlock)
                    {
                        Batch(
                            embeddings + (nint)row * width, width, arranged + (nint)first * width, buffer, (chunk.Segment, row),
                            masks.AsSpan(first, some), best.AsSpan(first, some));
                        continue;
                    }

                    kernel.Multiply(embeddings + (nint)row * width, count, width, queries + (nint)first * width, some, buffer, Block);
                    for (var i = 0; i < some; i++)
                        best[first + i].Add(buffer + (nint)i * Block, masks[first + i][chunk.Segment].Words[words], chunk.Segment, row);
                }
            }
        }

        NativeMemory.AlignedFree(buffer);
        GC.KeepAlive(segment);
    }

    /// <summary>A whole block of rows and queries. Nearly all products are below what their query wants, so they are compared where they lie.</summary>
    static void Batch(
        float* rows, int width, float* arranged, float* products, (int Segment, int Row) first, ReadOnlySpan<RowMask[]> masks, ReadOnlySpan<TopK> best)
    {
        var thresholds = stackalloc float[QueryBlock];
        for (var query = 0; query < QueryBlock; query++)
            thresholds[query] = best[query].Threshold;
        for (var row = 0; row < Block; row++)
        {
            var product = products + row % Avx512BatchKernel.Rows * QueryBlock;
            if (row % Avx512BatchKernel.Rows == 0)
                Avx512BatchKernel.Multiply(rows + (nint)row * width, width, arranged, products);
            for (var left = Avx512BatchKernel.NotBelow(product, thresholds); left != 0; left &= left - 1)
            {
                var (query, place) = (BitOperations.TrailingZeroCount(left), first.Row + row);
                if ((masks[query][first.Segment].Words[place / 64] >> place % 64 & 1) == 0)
                    continue;
                best[query].Add(new Match(product[query], first.Segment, place));
                thresholds[query] = best[query].Threshold;
            }
        }
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
