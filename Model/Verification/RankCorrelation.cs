namespace MplugCluster.Model.Verification;

/// <summary>Whether two lists of numbers are in the same order.</summary>
static class RankCorrelation
{
    /// <summary>Spearman's coefficient, -1..1; not a number when either list has only one value.</summary>
    public static double Spearman(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var (a, b) = (Ranks(left), Ranks(right));
        var mean = (a.Length - 1) / 2.0;
        double both = 0, first = 0, second = 0;
        for (var i = 0; i < a.Length; i++)
        {
            both += (a[i] - mean) * (b[i] - mean);
            first += (a[i] - mean) * (a[i] - mean);
            second += (b[i] - mean) * (b[i] - mean);
        }

        return both / Math.Sqrt(first * second);
    }

    /// <summary>Ranks from 0 on; equal numbers share the mean of theirs.</summary>
    static double[] Ranks(ReadOnlySpan<float> values)
    {
        var (keys, order, ranks) = (values.ToArray(), Enumerable.Range(0, values.Length).ToArray(), new double[values.Length]);
        Array.Sort(keys, order);
        for (var first = 0; first < keys.Length;)
        {
            var end = first;
            while (end < keys.Length && keys[end] == keys[first])
                end++;
            for (var i = first; i < end; i++)
                ranks[order[i]] = (first + end - 1) / 2.0;
            first = end;
        }

        return ranks;
    }
}
