using System.Buffers;
using System.Numerics;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Finds the smallest of many numbers without sorting them all.</summary>
static unsafe class Selection
{
    /// <summary>Below it, sorting is as fast.</summary>
    const int Few = 24;

    /// <summary>Moves the <paramref name="count"/> smallest to the front; the largest of them is the last there. None may be NaN.</summary>
    public static void Smallest<T>(Span<T> numbers, int count) where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        var spare = ArrayPool<T>.Shared.Rent(numbers.Length);
        int from = 0, to = numbers.Length, wanted = count - 1;
        fixed (T* first = numbers, others = spare)
        {
            while (to - from > Few)
            {
                var pivot = MiddleOf(first[from], first[(from + to) >>> 1], first[to - 1]);
                var next = from + Front(first + from, to - from, pivot, others);
                if (next == from)
                {
                    // None is smaller: the pivot's equals come first, or nothing would have changed.
                    for (var at = from; at < to; at++)
                    {
                        if (first[at] != pivot)
                            continue;
                        first[at] = first[next];
                        first[next++] = pivot;
                    }

                    if (wanted < next)
                        break;
                }

                if (wanted < next)
                    to = next;
                else
                    from = next;
            }
        }

        ArrayPool<T>.Shared.Return(spare);
        if (to - from <= Few)
            numbers[from..to].Sort();
    }

    /// <summary>Moves the numbers that are smaller than a pivot to the front, and counts them.</summary>
    static int Front<T>(T* numbers, int count, T pivot, T* others) where T : unmanaged, IComparisonOperators<T, T, bool>
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

    static T MiddleOf<T>(T a, T b, T c) where T : IComparisonOperators<T, T, bool>
    {
        if (a > b)
            (a, b) = (b, a);
        return c <= a ? a : c >= b ? b : c;
    }
}
