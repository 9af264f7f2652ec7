namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// Rows that may be among the k best, by what their similarities are at most and at least: the k-th best lower bound is what an upper bound must
/// reach. Rows are gathered until there are twice as many as were left the last time, and then looked through.
/// </summary>
sealed class CandidateRows(int k)
{
    const int Spare = 256;

    Match[] rows = new Match[2 * Spare];
    float[] lowest = new float[2 * Spare];
    float[] sorted = [];
    int count;

    /// <summary>What an upper bound must reach.</summary>
    public float Threshold { get; private set; } = k == 0 ? float.PositiveInfinity : float.NegativeInfinity;

    /// <summary>Adds a row.</summary>
    /// <param name="row">With its upper bound as similarity.</param>
    /// <param name="lower">Its lower bound; no number where nothing is known.</param>
    public void Add(Match row, float lower)
    {
        if (count == rows.Length)
            MakeRoom();
        (rows[count], lowest[count]) = (row, float.IsNaN(lower) ? float.NegativeInfinity : lower);
        count++;
    }

    /// <summary>Adds what another thread found.</summary>
    public void Add(CandidateRows other)
    {
        for (var i = 0; i < other.count; i++)
        {
            if (!(other.rows[i].Similarity < Threshold))
                Add(other.rows[i], other.lowest[i]);
        }
    }

    /// <summary>The rows that are left, highest upper bound first.</summary>
    public Match[] Sorted()
    {
        Prune();
        var keys = new float[count];
        for (var i = 0; i < count; i++)
            keys[i] = -rows[i].Similarity;
        var left = rows[..count];
        Array.Sort(keys, left);
        return left;
    }

    void MakeRoom()
    {
        Prune();
        if (2 * (count + Spare) <= rows.Length)
            return;
        Array.Resize(ref rows, 2 * (count + Spare));
        Array.Resize(ref lowest, rows.Length);
    }

    void Prune()
    {
        if (count < k || k == 0)
            return;
        if (sorted.Length < count)
            sorted = new float[lowest.Length];
        for (var i = 0; i < count; i++)
            sorted[i] = -lowest[i];
        Selection.Smallest(sorted.AsSpan(0, count), k);
        Threshold = Math.Max(Threshold, -sorted[k - 1]);
        var left = 0;
        for (var i = 0; i < count; i++)
        {
            if (rows[i].Similarity < Threshold)
                continue;
            (rows[left], lowest[left]) = (rows[i], lowest[i]);
            left++;
        }

        count = left;
    }
}
