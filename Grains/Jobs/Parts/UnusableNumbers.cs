using System.Numerics.Tensors;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Numbers of the model that are none, NaN or infinite: no result can be made of them, so the item fails that they belong to.</summary>
static class UnusableNumbers
{
    /// <summary>Of a pair.</summary>
    public static readonly ItemError OfPair = new("not_finite", "The model's numbers for this picture and a text are none (NaN or infinite).");

    /// <summary>Of a picture or text alone.</summary>
    public static readonly ItemError OfItem = new("not_finite", "The numbers of the model's embedding are none (NaN or infinite).");

    /// <summary>Of a caption, at the picture that has it.</summary>
    public static readonly ItemError OfCaption = new("not_finite", "The numbers of the model's embedding of one of its captions are none (NaN or infinite).");

    /// <summary>Whether a pair's numbers are unusable.</summary>
    public static bool Are(ItmLogits logits, float itcSimilarity = 0) =>
        !(float.IsFinite(logits.Match) && float.IsFinite(logits.NoMatch) && float.IsFinite(itcSimilarity));

    /// <summary>Whether an embedding is unusable.</summary>
    public static bool Are(ReadOnlySpan<float> embedding) => !TensorPrimitives.IsFiniteAll(embedding);
}
