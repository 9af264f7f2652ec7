namespace MplugCluster.Grains.Corpora;

/// <summary>Keeps the k best of many matches: higher similarity first, then lower ordinal id. NaN is below everything.</summary>
sealed class TopK(int k)
{
    // The queue's head is the worst that is kept.
    readonly PriorityQueue<Match, Match> kept = new(Comparer<Match>.Create((a, b) => -Compare(a, b)));

    /// <summary>Similarity that a match needs to be looked at; ids are only compared above it.</summary>
    public float Threshold => kept.Count < k ? float.NegativeInfinity : kept.Peek().Similarity;

    /// <summary>Offers a match.</summary>
    public void Add(Match match)
    {
        if (float.IsNaN(match.Similarity))
            match = match with { Similarity = float.NegativeInfinity };
        if (kept.Count < k)
            kept.Enqueue(match, match);
        else if (k > 0 && Compare(match, kept.Peek()) < 0)
            kept.EnqueueDequeue(match, match);
    }

    /// <summary>What was kept, best first.</summary>
    public Match[] Sorted() => [.. kept.UnorderedItems.Select(item => item.Element).Order(Comparer<Match>.Create(Compare))];

    /// <summary>Negative when <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    static int Compare(Match a, Match b) =>
        a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : string.CompareOrdinal(a.Id, b.Id);
}
