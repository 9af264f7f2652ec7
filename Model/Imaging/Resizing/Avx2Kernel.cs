using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static MplugCluster.Model.Imaging.Resizing.ResampleAxis;

namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>
/// AVX2. A tap is 8 bits times 22: instead of slow 32-bit multiplications, pairs of taps go through 16-bit multiply-adds, once with the low and once
/// with the high halves of the weights. The two sums may wrap around, their combination cannot: it is Pillow's 32-bit sum.
/// </summary>
sealed unsafe class Avx2Kernel : IResampleKernel
{
    const int Half = 1 << (FractionBits - 1);
    const int RowsAtOnce = 4;
    const int Block = 32;

    static readonly ScalarKernel Scalar = new();

    // Four pixels in, in each half of the register two of them, channel by channel as 16-bit numbers: r0 r1 g0 g1 b0 b1 x0 x1.
    static readonly Vector256<byte> PairChannels = Vector256.Create(
        0, 0x80, 4, 0x80, 1, 0x80, 5, 0x80, 2, 0x80, 6, 0x80, 3, 0x80, 7, 0x80,
        8, 0x80, 12, 0x80, 9, 0x80, 13, 0x80, 10, 0x80, 14, 0x80, 11, 0x80, 15, 0x80);

    // A group of weights: pairs 0 and 1 of the low halves, then of the high halves, 4 bytes each; pair 0 meets the lower pixels.
    static readonly Vector256<byte> LowWeights = Repeat(0, 4);
    static readonly Vector256<byte> HighWeights = Repeat(8, 12);

    public void Horizontal(ResampleAxis axis, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int sourceRow = 4 * axis.Inputs, destinationRow = 4 * axis.Outputs;
        int rows = destination.Length / destinationRow;
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, rows * sourceRow);
        if (axis.MaxWindow > axis.Inputs)
        {
            Scalar.Horizontal(axis, source, destination); // a group would reach beyond so short a row
            return;
        }
        fixed (byte* from = source, to = destination)
        {
            int row = 0;
            for (; row + RowsAtOnce <= rows; row += RowsAtOnce)
                FourRows(axis, from + (nint)row * sourceRow, sourceRow, to + (nint)row * destinationRow, destinationRow);
            for (; row < rows; row++)
                FourRows(axis, from + (nint)row * sourceRow, 0, to + (nint)row * destinationRow, 0); // the same row four times
        }
    }

    public void Vertical(ReadOnlySpan<byte> rows, ReadOnlySpan<int> offsets, ReadOnlySpan<short> weights, Span<byte> destination)
    {
        if (destination.Length < Block)
        {
            Scalar.Vertical(rows, offsets, weights, destination);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, 2 * offsets.Length);
        foreach (int offset in offsets)
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)(rows.Length - destination.Length));
        fixed (byte* from = rows, to = destination)
        fixed (int* at = offsets)
        fixed (short* weight = weights)
        {
            for (int column = 0; column < destination.Length; column += Block)
            {
                int start = Math.Min(column, destination.Length - Block); // the last block overlaps the one before
                VerticalBlock(from + start, at, weight, offsets.Length / GroupTaps, to + start);
            }
        }
    }

    static void FourRows(ResampleAxis axis, byte* source, nint sourceRow, byte* destination, nint destinationRow)
    {
        var starts = axis.Starts;
        var groups = axis.GroupCounts;
        for (int output = 0; output < starts.Length; output++)
        {
            var low0 = Vector256<int>.Zero;
            var (low1, low2, low3, high0, high1, high2, high3) = (low0, low0, low0, low0, low0, low0, low0);
            byte* pixels = source + 4 * (nint)starts[output];
            fixed (short* first = axis.Weights(output))
            {
                short* weights = first;
                for (int group = groups[output]; group > 0; group--)
                {
                    var both = Avx2.BroadcastVector128ToVector256(weights).AsByte();
                    var low = Avx2.Shuffle(both, LowWeights).AsInt16();
                    var high = Avx2.Shuffle(both, HighWeights).AsInt16();
                    Add(pixels, low, high, ref low0, ref high0);
                    Add(pixels + sourceRow, low, high, ref low1, ref high1);
                    Add(pixels + 2 * sourceRow, low, high, ref low2, ref high2);
                    Add(pixels + 3 * sourceRow, low, high, ref low3, ref high3);
                    pixels += 4 * GroupTaps;
                    weights += 2 * GroupTaps;
                }
            }
            var words01 = Sse2.PackSignedSaturate(Finish(low0, high0), Finish(low1, high1));
            var words23 = Sse2.PackSignedSaturate(Finish(low2, high2), Finish(low3, high3));
            var four = Sse2.PackUnsignedSaturate(words01, words23).AsUInt32();
            byte* to = destination + 4 * (nint)output;
            *(uint*)to = four.GetElement(0);
            *(uint*)(to + destinationRow) = four.GetElement(1);
            *(uint*)(to + 2 * destinationRow) = four.GetElement(2);
            *(uint*)(to + 3 * destinationRow) = four.GetElement(3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(byte* pixels, Vector256<short> low, Vector256<short> high, ref Vector256<int> lowSum, ref Vector256<int> highSum)
    {
        var pairs = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixels), PairChannels).AsInt16();
        lowSum += Avx2.MultiplyAddAdjacent(pairs, low);
        highSum += Avx2.MultiplyAddAdjacent(pairs, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Finish(Vector256<int> low, Vector256<int> high)
    {
        var sum = (high << LowBits) + low;
        return (sum.GetLower() + sum.GetUpper() + Vector128.Create(Half)) >> FractionBits;
    }

    static void VerticalBlock(byte* rows, int* offsets, short* weights, int groups, byte* destination)
    {
        var low0 = Vector256<int>.Zero;
        var (low1, low2, low3, high0, high1, high2, high3) = (low0, low0, low0, low0, low0, low0, low0);
        for (; groups > 0; groups--, offsets += GroupTaps, weights += 2 * GroupTaps)
        {
            var both = Avx2.BroadcastVector128ToVector256(weights).AsInt32();
            var (low, high) = (Avx2.Shuffle(both, 0x00).AsInt16(), Avx2.Shuffle(both, 0xAA).AsInt16());
            AddPair(rows + offsets[0], rows + offsets[1], low, high, ref low0, ref low1, ref high0, ref high1);
            AddPair(rows + offsets[0] + 16, rows + offsets[1] + 16, low, high, ref low2, ref low3, ref high2, ref high3);
            (low, high) = (Avx2.Shuffle(both, 0x55).AsInt16(), Avx2.Shuffle(both, 0xFF).AsInt16());
            AddPair(rows + offsets[2], rows + offsets[3], low, high, ref low0, ref low1, ref high0, ref high1);
            AddPair(rows + offsets[2] + 16, rows + offsets[3] + 16, low, high, ref low2, ref low3, ref high2, ref high3);
        }
        Narrow(low0, high0, low1, high1).Store(destination);
        Narrow(low2, high2, low3, high3).Store(destination + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddPair(
        byte* above, byte* below, Vector256<short> low, Vector256<short> high,
        ref Vector256<int> low0, ref Vector256<int> low1, ref Vector256<int> high0, ref Vector256<int> high1)
    {
        var (a, b) = (Avx2.ConvertToVector256Int16(above), Avx2.ConvertToVector256Int16(below));
        var (first, second) = (Avx2.UnpackLow(a, b), Avx2.UnpackHigh(a, b));
        low0 += Avx2.MultiplyAddAdjacent(first, low);
        high0 += Avx2.MultiplyAddAdjacent(first, high);
        low1 += Avx2.MultiplyAddAdjacent(second, low);
        high1 += Avx2.MultiplyAddAdjacent(second, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Narrow(Vector256<int> low0, Vector256<int> high0, Vector256<int> low1, Vector256<int> high1)
    {
        var half = Vector256.Create(Half);
        var first = ((high0 << LowBits) + low0 + half) >> FractionBits;
        var second = ((high1 << LowBits) + low1 + half) >> FractionBits;
        var words = Avx2.PackSignedSaturate(first, second); // undoes the interleaving of UnpackLow and UnpackHigh
        return Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
    }

    static Vector256<byte> Repeat(byte lower, byte upper)
    {
        Span<byte> indices = stackalloc byte[Vector256<byte>.Count];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = (byte)((i < 16 ? lower : upper) + i % 4);
        return Vector256.Create<byte>(indices);
    }
}
