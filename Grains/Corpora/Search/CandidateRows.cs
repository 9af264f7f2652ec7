namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// Rows that may be among the k best, by what their similarities are at most and at least: the k-th best lower bound is what an upper bound must
/// reach.
/// </summary>
sealed class CandidateRows(int k)
{
    const int Slack = 4096;

    readonly PriorityQueue<float, float> lowest = new();
    List<Match> rows = [];
    int limit = Math.Max(k, 1) + Slack;

    /// <summary>What an upper bound must reach.</summary>
    public float Threshold => lowest.Count < k ? float.NegativeInfinity : k == 0 ? float.PositiveInfinity : lowest.Peek();

    /// <summary>Adds a row.</summary>
    /// <param name="row">With its upper bound as similarity.</param>
    /// <param name="lower">Its lower bound.</param>
    public void Add(Match row, float lower)
    {
        rows.Add(row);
        if (float.IsNaN(lower))
            lower = float.NegativeInfinity;
        if (lowest.Count < k)
            lowest.Enqueue(lower, lower);
        else if (lower > lowest.Peek())
            lowest.EnqueueDequeue(lower, lower);
        if (rows.Count < limit)
            return;
        Prune();
        limit = 2 * rows.Count + Slack;
    }

    /// <summary>Adds what another thread found.</summary>
    public void Add(CandidateRows other)
    {
        foreach (var (lower, _) in other.lowest.UnorderedItems)
        {
            if (lowest.Count < k)
                lowest.Enqueue(lower, lower);
            else if (lower > lowest.Peek())
                lowest.EnqueueDequeue(lower, lower);
        }

        rows.AddRange(other.rows);
    }

    /// <summary>The rows that are left, highest upper bound first.</summary>
    public Match[] Sorted()
    {
        Prune();
        var sorted = rows.ToArray();
        Array.Sort(sorted, (a, b) => b.Similarity.CompareTo(a.Similarity));
        return sorted;
    }

    void Prune()
    {
        var threshold = Threshold;
        rows = [.. rows.Where(row => !(row.Similarity < threshold))];
    }
}
