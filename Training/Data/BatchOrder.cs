namespace MplugCluster.Training.Data;

/// <summary>
/// Which pairs make up which batch of an epoch. What does not fill a batch is left out, as in the reference; the next epoch has another order. Pictures
/// of a group come together, each with one of its captions: hard negatives are taken from the batch, so that they are in it.
/// </summary>
/// <remarks>
/// Source: AliceMind mPLUG dataset/__init__.py create_loader (shuffle, drop_last); Byun et al. 2022 (GRIT-VLP), that similar pairs in one batch make
/// better negatives.
/// </remarks>
sealed class BatchOrder(TrainingSet set, int batch, int seed)
{
    /// <summary>Batches of an epoch.</summary>
    public int Batches => set.Pairs.Count / batch;

    /// <summary>Numbers of the pairs of every batch.</summary>
    public int[][] Of(int epoch)
    {
        int[] order = [.. Hands(StepRandom.Of(seed, "order", epoch)).SelectMany(hand => hand)];
        for (var first = 0; first + batch <= order.Length; first += batch)
            Mix(order, first);
        return [.. order.Chunk(batch).Where(items => items.Length == batch)];
    }

    /// <summary>What stays together, in random order: a pair of each picture of a group, or a pair without a group.</summary>
    int[][] Hands(Random random)
    {
        int[] order = [.. Enumerable.Range(0, set.Pairs.Count)];
        random.Shuffle(order);
        var (hands, dealt) = (new List<List<int>>(), new Dictionary<int, int>());
        var ofGroup = new Dictionary<(int Group, int Round), List<int>>();
        foreach (var item in order)
        {
            if (set.Pairs[item].Group is not { } group)
            {
                hands.Add([item]);
                continue;
            }

            // The first caption of a picture goes into its group's first hand, the next into the second.
            var round = dealt[set.Pairs[item].Identity] = dealt.GetValueOrDefault(set.Pairs[item].Identity) + 1;
            if (!ofGroup.TryGetValue((group, round), out var hand))
                hands.Add(ofGroup[(group, round)] = hand = []);
            hand.Add(item);
        }

        int[][] shuffled = [.. hands.Select(hand => hand.ToArray())];
        if (ofGroup.Count > 0)
            random.Shuffle(shuffled);
        return shuffled;
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
