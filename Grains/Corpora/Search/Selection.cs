namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Finds the smallest of many numbers without sorting them all.</summary>
static class Selection
{
    /// <summary>Below it, sorting is as fast.</summary>
    const int Few = 24;

    /// <summary>Moves the <paramref name="count"/> smallest to the front; the largest of them is the last there.</summary>
    public static void Smallest<T>(Span<T> numbers, int count) where T : IComparable<T>
    {
        int from = 0, to = numbers.Length - 1, wanted = count - 1;
        while (to - from >= Few)
        {
            var pivot = MiddleOf(numbers[from], numbers[(from + to) >>> 1], numbers[to]);
            int left = from, right = to;
            while (left <= right)
            {
                while (numbers[left].CompareTo(pivot) < 0)
                    left++;
                while (numbers[right].CompareTo(pivot) > 0)
                    right--;
                if (left > right)
                    break;
                (numbers[left], numbers[right]) = (numbers[right], numbers[left]);
                left++;
                right--;
            }

            if (wanted <= right)
                to = right;
            else if (wanted >= left)
                from = left;
            else
                return;
        }

        numbers[from..(to + 1)].Sort();
    }

    static T MiddleOf<T>(T a, T b, T c) where T : IComparable<T>
    {
        if (a.CompareTo(b) > 0)
            (a, b) = (b, a);
        return c.CompareTo(a) <= 0 ? a : c.CompareTo(b) >= 0 ? b : c;
    }
}
