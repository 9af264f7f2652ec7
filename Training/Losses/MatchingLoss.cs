using MplugCluster.Model.Architecture;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Losses;

/// <summary>
/// Image-text matching: the fusion encoder must tell each pair from its picture with a wrong text and from its text with a wrong picture.
/// </summary>
/// <remarks>
/// Source: Li et al. 2021 (ALBEF); AliceMind mPLUG models/model_retrieval_mplug.py MPLUG.forward (loss_itm). A picture's keys and values are
/// computed once for its two texts; the reference computes them for each of the three groups.
/// </remarks>
static class MatchingLoss
{
    /// <summary>Cross-entropy over the three groups, one number.</summary>
    /// <param name="fusion">The fusion encoder.</param>
    /// <param name="image">Image tokens <c>[B, L, H]</c>.</param>
    /// <param name="text">Text tokens <c>[B, T, H]</c>.</param>
    /// <param name="mask">1 for tokens, 0 for padding, <c>[B, T]</c>.</param>
    /// <param name="wrongImages">A wrong picture for each text, <c>[B]</c>.</param>
    /// <param name="wrongTexts">A wrong text for each picture, <c>[B]</c>.</param>
    public static Autodiff<T> Of<T>(
        FusionEncoder<Autodiff<T>> fusion, Autodiff<T> image, Autodiff<T> text, Autodiff<T> mask, Autodiff<T> wrongImages, Autodiff<T> wrongTexts)
        where T : class, IPrimitiveTensor<T>
    {
        var (batch, length, hidden) = (text.Shape.Numbered(0), text.Shape[1], text.Shape[2]);
        var texts = Autodiff<T>.Concat(1, text.Reshape(batch, 1, length, hidden), Rows(text, wrongTexts).Reshape(batch, 1, length, hidden));
        var masks = Autodiff<T>.Concat(1, mask.Reshape(batch, 1, length), mask.Gather(wrongTexts).Reshape(batch, 1, length));
        var ofImage = fusion.Score(image, texts, masks); // [B, 2, 2]: the true text, the wrong one
        var ofText = fusion.Score(Rows(image, wrongImages), text.Reshape(batch, 1, length, hidden), mask.Reshape(batch, 1, length)); // [B, 1, 2]
        var right = ofImage.LogSoftmax().Slice(1, 0, 1).Slice(2, 1, 2);
        var wrongText = ofImage.LogSoftmax().Slice(1, 1, 2).Slice(2, 0, 1);
        var wrongImage = ofText.LogSoftmax().Slice(2, 0, 1);
        return (right + wrongText + wrongImage).Sum(0, 1, 2).Scale(-1f / (3 * batch)).Reshape();
    }

    static Autodiff<T> Rows<T>(Autodiff<T> tokens, Autodiff<T> rows) where T : class, IPrimitiveTensor<T> =>
        tokens.Reshape(tokens.Shape[0], tokens.Shape[1] * tokens.Shape[2]).Gather(rows).Reshape([.. tokens.Shape.Dims]);
}
