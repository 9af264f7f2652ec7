using MplugCluster.Model.Architecture;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Losses;

/// <summary>
/// Image-text contrast with momentum distillation: a batch's embeddings against the momentum encoders' embeddings of the batch and of a queue of
/// earlier ones; the targets are a mixture of the true pairs and of what the momentum encoders think.
/// </summary>
/// <remarks>Source: Li et al. 2021 (ALBEF), Li et al. 2022 (mPLUG); AliceMind mPLUG models/model_retrieval_mplug.py MPLUG.forward (loss_ita).</remarks>
sealed record ContrastiveLoss<T> where T : class, IPrimitiveTensor<T>
{
    ContrastiveLoss(Autodiff<T> loss, Autodiff<T> imageToText, Autodiff<T> textToImage) =>
        (Loss, ImageToText, TextToImage) = (loss, imageToText, textToImage);

    /// <summary>Mean of both directions, one number.</summary>
    public Autodiff<T> Loss { get; }

    /// <summary>Pictures against texts of batch and queue, divided by the temperature: <c>[B, B + Q]</c>.</summary>
    public Autodiff<T> ImageToText { get; }

    /// <summary>Texts against pictures of batch and queue, divided by the temperature: <c>[B, B + Q]</c>.</summary>
    public Autodiff<T> TextToImage { get; }

    /// <summary>The loss of a batch.</summary>
    /// <param name="online">Embeddings that are trained.</param>
    /// <param name="momentum">The momentum encoders' embeddings of the same batch.</param>
    /// <param name="queue">Their embeddings of earlier batches.</param>
    /// <param name="identities">Which picture each pair is of, <c>[B]</c>: pairs of one picture are true pairs of each other.</param>
    /// <param name="temperature">What similarities are divided by; one trained number.</param>
    /// <param name="alpha">Share of the momentum encoders' opinion in the targets.</param>
    public static ContrastiveLoss<T> Of(
        Embeddings<T> online, Embeddings<T> momentum, QueuedEmbeddings<T> queue, Autodiff<T> identities, Autodiff<T> temperature, Autodiff<T> alpha)
    {
        var batch = online.Image.Shape[0];
        var texts = Autodiff<T>.Concat(0, momentum.Text, queue.Texts).Transpose(1, 0); // [E, B + Q]
        var images = Autodiff<T>.Concat(0, momentum.Image, queue.Images).Transpose(1, 0);
        var known = Autodiff<T>.Concat(0, identities, queue.Identities);
        var same = identities.Reshape(batch, 1).EqualTo(known.Reshape(1, known.Shape[0])); // [B, B + Q]
        var truth = same / same.Sum(1);

        var imageToText = online.Image.MatMul(texts) / temperature;
        var textToImage = online.Text.MatMul(images) / temperature;
        var loss = CrossEntropy(imageToText, Target(momentum.Image.MatMul(texts))) + CrossEntropy(textToImage, Target(momentum.Text.MatMul(images)));
        return new ContrastiveLoss<T>(loss.Scale(0.5f), imageToText, textToImage);

        // Targets are no way for a gradient, not even to the temperature.
        Autodiff<T> Target(Autodiff<T> similarity) =>
            (alpha * (similarity / temperature.Detached).Softmax() + alpha.Scale(-1).Shift(1) * truth).Detached;
    }

    /// <remarks>Row by row: the processor's kernel loses a thousandth of a sum of millions of small numbers.</remarks>
    static Autodiff<T> CrossEntropy(Autodiff<T> logits, Autodiff<T> target) =>
        (logits.LogSoftmax() * target).Sum(1).Sum(0).Scale(-1f / logits.Shape.Numbered(0)).Reshape();
}
