using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MplugCluster.Grains.Corpora.Kernels;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// Search by going through 8-bit copies, which takes a quarter of the bandwidth. It finds every row that may be among the best; these are read from
/// their files and compared in float32, so the result is that of <see cref="ExactScan"/>, bit by bit.
/// </summary>
static unsafe class QuantizedScan
{
    const int Block = 512;

    /// <summary>Rows that stay in the first cache while several queries pass over them.</summary>
    const int SharedBlock = 64;

    /// <summary>Rows that are read before the threshold is looked at again.</summary>
    const int Round = 256;

    public static TopK[] Run(ShardRows rows, IReadOnlyList<QuantizedRows> copies, IReadOnlyList<RowQuery> queries, RowMask[][] masks, ScanTeam team)
    {
        var quantized = queries.Select(query => new QuantizedQuery(query.Vector.Span, copies[0].Stride)).ToArray();
        var workers = Math.Clamp(rows.Chunks.Length, 1, team.Threads);
        var found = new CandidateRows[workers][];
        var next = 0;
        team.Run(workers, worker =>
        {
            var own = found[worker] ??= [.. queries.Select(query => new CandidateRows(query.TopK))];
            for (var at = Interlocked.Increment(ref next) - 1; at < rows.Chunks.Length; at = Interlocked.Increment(ref next) - 1)
                Scan(rows.Chunks[at], copies[rows.Chunks[at].Segment], quantized, masks, own);
        });
        var best = new TopK[queries.Count];
        var nextQuery = 0;
        team.Run(queries.Count == 1 ? 1 : workers, _ =>
        {
            for (var i = Interlocked.Increment(ref nextQuery) - 1; i < best.Length; i = Interlocked.Increment(ref nextQuery) - 1)
            {
                foreach (var other in found.Skip(1))
                    found[0][i].Add(other[i]);
                best[i] = Recheck(rows, queries[i], found[0][i].Sorted(), queries.Count == 1 ? team : null);
            }
        });
        return best;
    }

    static void Scan(ShardChunk chunk, QuantizedRows copy, QuantizedQuery[] queries, RowMask[][] masks, CandidateRows[] found)
    {
        var products = stackalloc int[Block];
        var (scales, errors) = (copy.Scales, copy.Errors);
        var block = queries.Length == 1 ? Block : SharedBlock;
        for (var row = chunk.Row; row < chunk.Row + chunk.Rows; row += block)
        {
            var count = Math.Min(block, chunk.Row + chunk.Rows - row);
            for (var i = 0; i < queries.Length; i++)
            {
                var mask = masks[i][chunk.Segment].Words[(row / 64)..((row + count + 63) / 64)];
                if (!mask.ContainsAnyExcept(0UL))
                    continue;
                fixed (short* query = queries[i].Values)
                    ByteKernels.Fastest.Multiply(copy.Values + (long)row * copy.Stride, count, copy.Stride, query, products);
                fixed (float* scale = scales, error = errors)
                    Judge(products, count, scale + row, error + row, queries[i], queries[i].Slack(copy), mask, found[i], chunk.Segment, row);
            }
        }

        GC.KeepAlive(copy);
    }

    /// <summary>Finds the rows whose upper bound reaches the threshold.</summary>
    static void Judge(
        int* products, int count, float* scales, float* errors, QuantizedQuery query, float slack, ReadOnlySpan<ulong> mask, CandidateRows found, int segment, int row)
    {
        var highest = stackalloc float[64];
        for (var word = 0; word < mask.Length; word++)
        {
            var (left, first) = (mask[word], 64 * word);
            if (first + 64 <= count)
            {
                Bound(products + first, scales + first, errors + first, query.Scale, query.Norm, slack, highest);
                left &= ~TopK.Below(highest, found.Threshold);
            }

            for (; left != 0; left &= left - 1)
            {
                var i = first + BitOperations.TrailingZeroCount(left);
                var similarity = products[i] * (scales[i] * query.Scale);
                var error = query.Norm * errors[i] + slack;
                var upper = query.IsFinite && !float.IsNaN(similarity + error) ? similarity + error : float.PositiveInfinity;
                if (!(upper < found.Threshold))
                    found.Add(new Match(upper, segment, row + i), similarity - error);
            }
        }
    }

    /// <summary>What the similarities of 64 rows are at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Bound(int* products, float* scales, float* errors, float scale, float norm, float slack, float* highest)
    {
        for (var i = 0; i < 64; i += Vector256<float>.Count)
        {
            var similarity = Vector256.ConvertToSingle(Vector256.Load(products + i)) * (Vector256.Load(scales + i) * scale);
            (similarity + (norm * Vector256.Load(errors + i) + Vector256.Create(slack))).Store(highest + i);
        }
    }

    /// <summary>Compares candidates in float32 until none that is left can be among the best.</summary>
    static TopK Recheck(ShardRows rows, RowQuery query, Match[] candidates, ScanTeam? team)
    {
        var best = new TopK(query.TopK, rows);
        var similarities = new float[candidates.Length];
        for (var first = 0; first < candidates.Length && !(candidates[first].Similarity < best.Threshold);)
        {
            var count = Math.Min(Math.Max(Round, first == 0 ? query.TopK : 0), candidates.Length - first);
            var (start, workers) = (first, team?.Threads ?? 1);
            Action<int> compare = worker =>
            {
                var (from, to) = (start + (int)((long)count * worker / workers), start + (int)((long)count * (worker + 1) / workers));
                Compare(rows, query, candidates, similarities, from, to);
            };
            if (team is null)
                compare(0);
            else
                team.Run(workers, compare);
            for (; first < start + count; first++)
                best.Add(candidates[first] with { Similarity = similarities[first] });
            best.Cut();
        }

        return best;
    }

    static void Compare(ShardRows rows, RowQuery query, Match[] candidates, float[] similarities, int from, int to)
    {
        var row = new float[rows.Width];
        var kernel = SimilarityKernels.For(rows.Width);
        fixed (float* embedding = row, vector = query.Vector.Span, result = similarities)
        {
            for (var i = from; i < to; i++)
            {
                rows.Segments[candidates[i].Segment].ReadEmbeddings(candidates[i].Row, MemoryMarshal.AsBytes(row.AsSpan()));
                kernel.Multiply(embedding, 1, rows.Width, vector, 1, result + i, 1);
            }
        }
    }
}
