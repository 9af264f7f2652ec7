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
        if (IsMixed(order, first))
            return;
        var last = first + batch - 1;
        for (var other = 0; other < order.Length; other++)
        {
            if (set.Pairs[order[other]].Identity == set.Pairs[order[last]].Identity)
                continue;
            (order[last], order[other]) = (order[other], order[last]);
            var giver = other / batch * batch;
            if (giver + batch > order.Length || IsMixed(order, giver))
                return;
            (order[last], order[other]) = (order[other], order[last]);
        }

        throw new TrainingDataException(
            $"Most captions are of one picture ('{set.Pairs[order[first]].Picture}'): batches of {batch} without any other have no wrong picture to learn from.");
    }

    bool IsMixed(int[] order, int first) =>
        order.AsSpan(first, batch).ToArray().Any(item => set.Pairs[item].Identity != set.Pairs[order[first]].Identity);
}
