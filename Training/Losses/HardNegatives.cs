using MplugCluster.Model.Architecture;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Losses;

/// <summary>Chooses for each row of a batch another one that looks like a match: the more similar, the likelier.</summary>
/// <remarks>
/// Source: Li et al. 2021 (ALBEF); AliceMind mPLUG models/model_retrieval_mplug.py (torch.multinomial over weights_i2t, weights_t2i). The random
/// numbers come from outside, so that a step can be repeated.
/// </remarks>
static class HardNegatives
{
    /// <summary>Chooses a column for each row.</summary>
    /// <param name="logits">Similarities over temperature; the first B columns are the batch: <c>[B, B or more]</c>.</param>
    /// <param name="identities">Which picture each pair is of, <c>[B]</c>; rows of the same picture are never chosen.</param>
    /// <param name="random">A random number for each row, <c>[B]</c>, at least 0 and at most 0.999999.</param>
    /// <returns>Chosen columns <c>[B]</c>. Without any other picture in the batch: the last one, so batches must have two.</returns>
    public static Autodiff<T> Choose<T>(Autodiff<T> logits, Autodiff<T> identities, Autodiff<T> random) where T : class, IPrimitiveTensor<T>
    {
        var batch = logits.Shape.Numbered(0);
        var same = identities.Reshape(batch, 1).EqualTo(identities.Reshape(1, batch));
        var weights = logits.Detached.Slice(1, 0, batch).Softmax() * same.Scale(-1).Shift(1);

        // The number of columns whose running sum is not yet above a random share of the whole is the chosen column.
        var running = weights.RunningSum();
        var share = random.Reshape(batch, 1) * running.Slice(1, batch - 1, batch);
        return running.Slice(1, 0, batch - 1).AtMost(share).Sum(1).Reshape(batch).ToIds();
    }
}
