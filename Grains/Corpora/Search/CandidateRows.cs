namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// Rows that may be among the k best, by what their similarities are at most and at least: the k-th best lower bound is what an upper bound must
/// reach. It is followed row by row, as closely as the buckets are wide that lower bounds are counted in; only in the end is it found exactly.
/// </summary>
sealed class CandidateRows
{
    const int Spare = 256;
    const int Buckets = 1024;

    readonly int k;
    readonly float lowestBucket, perUnit;
    readonly int[] counts = new int[Buckets];

    Match[] rows = new Match[2 * Spare];
    float[] lowest = new float[2 * Spare];
    int count, bucket, above;

    /// <summary>No rows yet.</summary>
    /// <param name="k">Matches wanted.</param>
    /// <param name="largest">What no similarity is above, about; no matter if it is no number, but then nothing is known before the end.</param>
    public CandidateRows(int k, float largest)
    {
        this.k = k;
        (lowestBucket, perUnit) = largest > 0 && float.IsFinite(1 / largest) ? (-largest, (Buckets - 1) / (2 * largest)) : (float.PositiveInfinity, 0);
        Threshold = k == 0 ? float.PositiveInfinity : float.NegativeInfinity;
    }

    /// <summary>What an upper bound must reach.</summary>
    public float Threshold { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="row">With its upper bound as similarity.</param>
    /// <param name="lower">Its lower bound; no number where nothing is known.</param>
    public void Add(Match row, float lower)
    {
        if (k == 0)
            return;
        if (count == rows.Length)
            MakeRoom();
        (rows[count], lowest[count]) = (row, float.IsNaN(lower) ? float.NegativeInfinity : lower);
        count++;
        var at = lower > lowestBucket ? Math.Min((int)((lower - lowestBucket) * perUnit), Buckets - 1) : 0;
        if (at <= bucket)
            return;
        counts[at]++;
        for (above++; above >= k; above -= counts[bucket])
        {
            bucket++;
            // A hundredth of a bucket is far more than the roundings are.
            Threshold = lowestBucket + (bucket - 0.01f) / perUnit;
        }
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
        Keep();
        if (2 * (count + Spare) <= rows.Length)
            return;
        Array.Resize(ref rows, 2 * (count + Spare));
        Array.Resize(ref lowest, rows.Length);
    }

    void Prune()
    {
        if (count < k || k == 0)
            return;
        var sorted = new float[count];
        for (var i = 0; i < count; i++)
            sorted[i] = -lowest[i];
        Selection.Smallest(sorted, k);
        Threshold = Math.Max(Threshold, -sorted[k - 1]);
        Keep();
    }

    void Keep()
    {
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
