using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MplugCluster.Grains.Corpora.Kernels;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// Search by going through 8-bit copies, which takes a quarter of the bandwidth. It finds every row that may be among the best; these are read from
/// their files and compared in float32, so the result is that of <see cref="ExactScan"/>, bit by bit.
/// </summary>
static unsafe class QuantizedScan
{
    /// <summary>Rows whose products are kept at a time: whole words of the masks, and whole turns of the kernels.</summary>
    const int Block = 384;

    /// <summary>Far more than the roundings of a bound, in units of the largest similarity.</summary>
    const float Margin = 1e-5f;

    /// <summary>Rows that are read before the threshold is looked at again.</summary>
    const int Round = 256;

    public static TopK[] Run(ShardRows rows, IReadOnlyList<QuantizedRows> copies, IReadOnlyList<RowQuery> queries, RowMask[][] masks, ScanTeam team)
    {
        var norm = copies.Max(copy => copy.LargestNorm);
        var quantized = queries.Select(query => new QuantizedQuery(query.Vector.Span, copies[0].Stride)).ToArray();
        var groups = QuantizedGroup.Of(quantized);
        var workers = Math.Clamp(rows.Chunks.Length, 1, team.Threads);
        var found = new CandidateRows[workers][];
        var next = 0;
        team.Run(workers, worker =>
        {
            var own = found[worker] ??= [.. quantized.Select((query, i) => new CandidateRows(queries[i].TopK, query.Norm * norm))];
            for (var at = Interlocked.Increment(ref next) - 1; at < rows.Chunks.Length; at = Interlocked.Increment(ref next) - 1)
                Scan(rows.Chunks[at], copies[rows.Chunks[at].Segment], groups, masks, own);
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

    static void Scan(ShardChunk chunk, QuantizedRows copy, QuantizedGroup[] groups, RowMask[][] masks, CandidateRows[] found)
    {
        var products = stackalloc int[Block * ByteKernels.QueriesAtOnce];
        for (var row = chunk.Row; row < chunk.Row + chunk.Rows; row += Block)
        {
            var count = Math.Min(Block, chunk.Row + chunk.Rows - row);
            var words = (row / 64)..((row + count + 63) / 64);
            foreach (var group in groups)
            {
                if (!Any(masks, chunk.Segment, words, group))
                    continue;
                group.Multiply(copy, row, count, products, Block);
                for (var i = 0; i < group.Queries.Length; i++)
                {
                    var query = group.First + i;
                    Judge(products + i * Block, count, copy, group.Queries[i], masks[query][chunk.Segment].Words[words], found[query], chunk.Segment, row);
                }
            }
        }

        GC.KeepAlive(copy);
    }

    static bool Any(RowMask[][] masks, int segment, Range words, QuantizedGroup group)
    {
        for (var i = group.First; i < group.First + group.Queries.Length; i++)
        {
            if (masks[i][segment].Words[words].ContainsAnyExcept(0UL))
                return true;
        }

        return false;
    }

    /// <summary>Finds the rows whose upper bound reaches the threshold.</summary>
    static void Judge(int* products, int count, QuantizedRows copy, QuantizedQuery query, ReadOnlySpan<ulong> mask, CandidateRows found, int segment, int row)
    {
        var slack = query.Slack(copy);
        var (threshold, needed) = (float.NaN, 0f);
        for (var word = 0; word < mask.Length; word++)
        {
            var (left, first) = (mask[word], 64 * word);
            if (left == 0)
                continue;
            if (first + 64 <= count)
            {
                if (threshold != found.Threshold)
                    (threshold, needed) = (found.Threshold, (found.Threshold - slack - query.Norm * copy.LargestNorm * Margin) / query.Scale);
                fixed (float* scales = copy.Scales)
                {
                    Prefetch(scales + row + first + Block);
                    left &= Reaching(products + first, scales + row + first, query.Norm * copy.Ratios[(row + first) / QuantizedRows.BlockRows] / query.Scale, needed);
                }
            }

            for (; left != 0; left &= left - 1)
            {
                var i = first + BitOperations.TrailingZeroCount(left);
                var similarity = products[i] * (copy.Scales[row + i] * query.Scale);
                var error = query.Norm * copy.Errors[row + i] + slack;
                var upper = query.IsFinite && !float.IsNaN(similarity + error) ? similarity + error : float.PositiveInfinity;
                if (!(upper < found.Threshold))
                    found.Add(new Match(upper, segment, row + i), similarity - error);
            }
        }
    }

    /// <summary>Asks for 64 scales before their turn: they lie apart from the rows, so the processor does not read ahead of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(float* scales)
    {
        if (!Sse.IsSupported)
            return;
        for (var i = 0; i < 64; i += 16)
            Sse.Prefetch0(scales + i);
    }

    /// <summary>
    /// Which of 64 rows may reach a threshold: a little too many, because their errors are taken to be the largest of them in units of their scales.
    /// </summary>
    /// <param name="products">The rows' products.</param>
    /// <param name="scales">The rows' scales.</param>
    /// <param name="error">What a product may be too low by.</param>
    /// <param name="needed">The threshold, in units of the query's scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Reaching(int* products, float* scales, float error, float needed)
    {
        ulong below = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (var i = 0; i < 64; i += Vector512<float>.Count)
            {
                var upper = (Vector512.ConvertToSingle(Vector512.Load(products + i)) + Vector512.Create(error)) * Vector512.Load(scales + i);
                below |= Vector512.LessThan(upper, Vector512.Create(needed)).ExtractMostSignificantBits() << i;
            }
        }
        else
        {
            for (var i = 0; i < 64; i += Vector256<float>.Count)
            {
                var upper = (Vector256.ConvertToSingle(Vector256.Load(products + i)) + Vector256.Create(error)) * Vector256.Load(scales + i);
                below |= (ulong)Vector256.LessThan(upper, Vector256.Create(needed)).ExtractMostSignificantBits() << i;
            }
        }

        return ~below;
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
