using System.Buffers;
using System.Numerics;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Finds the smallest of many numbers without sorting them all.</summary>
static unsafe class Selection
{
    /// <summary>Below it, sorting is as fast.</summary>
    const int Few = 24;

    /// <summary>Divisions after which what is left is sorted: random numbers need far fewer, and none should need many more than a sort.</summary>
    const int MostDivisions = 64;

    /// <summary>Moves the <paramref name="count"/> smallest to the front; the largest of them is the last there. None may be NaN.</summary>
    public static void Smallest<T>(Span<T> numbers, int count) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        var spare = ArrayPool<T>.Shared.Rent(numbers.Length);
        fixed (T* first = numbers, others = spare)
            numbers[Unsettled(first, numbers.Length, count - 1, others)].Sort();
        ArrayPool<T>.Shared.Return(spare);
    }

    /// <summary>Divides numbers until only few are left of which it is not known whether they belong in front: these.</summary>
    static Range Unsettled<T>(T* numbers, int count, int last, T* others) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        int from = 0, to = count;
        for (var division = 0; to - from > Few && division < MostDivisions; division++)
        {
            var pivot = MiddleOf(numbers[from], numbers[(from + to) >>> 1], numbers[to - 1]);
            var next = from + SmallerOnes(numbers + from, to - from, pivot, others);
            if (next == from)
            {
                // None is smaller: the pivot's equals come first, or nothing would have changed.
                next += EqualOnes(numbers + from, to - from, pivot);
                if (last < next)
                    return last..last;
            }

            (from, to) = last < next ? (from, next) : (next, to);
        }

        return from..to;
    }

    /// <summary>Moves the numbers that are smaller than a pivot to the front, and counts them.</summary>
    static int SmallerOnes<T>(T* numbers, int count, T pivot, T* others) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        // Each is written to both places, and only one of them moves on: a branch would be mispredicted every other time.
        int smaller = 0, other = 0;
        for (var at = 0; at < count; at++)
        {
            var number = numbers[at];
            numbers[smaller] = number;
            others[other] = number;
            var step = number < pivot ? 1 : 0;
            smaller += step;
            other += 1 - step;
        }

        new ReadOnlySpan<T>(others, other).CopyTo(new Span<T>(numbers + smaller, other));
        return smaller;
    }

    /// <summary>Moves the numbers that are equal to a pivot to the front, and counts them.</summary>
    static int EqualOnes<T>(T* numbers, int count, T pivot) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        var equal = 0;
        for (var at = 0; at < count; at++)
        {
            if (numbers[at] == pivot)
                (numbers[at], numbers[equal], equal) = (numbers[equal], numbers[at], equal + 1);
        }

        return equal;
    }

    static T MiddleOf<T>(T a, T b, T c) where T : IComparisonOperators<T, T, bool>
    {
        if (a > b)
            (a, b) = (b, a);
        return c <= a ? a : c >= b ? b : c;
    }
}
