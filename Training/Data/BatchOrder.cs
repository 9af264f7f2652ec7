namespace MplugCluster.Training.Data;

/// <summary>Which pairs make up which batch of an epoch. What does not fill a batch is left out, as in the reference; the next epoch has another order.</summary>
/// <remarks>Source: AliceMind mPLUG dataset/__init__.py create_loader (shuffle, drop_last).</remarks>
sealed class BatchOrder(TrainingSet set, int batch, int seed)
{
    /// <summary>Batches of an epoch.</summary>
    public int Batches => set.Pairs.Count / batch;

    /// <summary>Numbers of the pairs of every batch.</summary>
    public int[][] Of(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, set.Pairs.Count)];
        StepRandom.Of(seed, "order", epoch).Shuffle(order);
        for (var first = 0; first + batch <= order.Length; first += batch)
            Mix(order, first);
        return [.. order.Chunk(batch).Where(items => items.Length == batch)];
    }

    /// <summary>A batch of a single picture has no wrong one to learn from: its last place is changed with another picture's.</summary>
    void Mix(int[] order, int first)
    {
        var identity = set.Pairs[order[first]].Identity;
        if (order.Skip(first).Take(batch).Any(item => set.Pairs[item].Identity != identity))
            return;
        for (var step = 0; step < order.Length; step++)
        {
            // Beyond this batch first, and from the front again at the end.
            var other = (first + batch + step) % order.Length;
            if (set.Pairs[order[other]].Identity == identity)
                continue;
            (order[first + batch - 1], order[other]) = (order[other], order[first + batch - 1]);
            return;
        }
    }
}
