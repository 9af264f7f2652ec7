using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>An explained pair.</summary>
/// <param name="Reply">How it ended; with anything but Ok the rest is empty.</param>
/// <param name="Maps">Attention of each token of the text to the patches, row by row; each map sums to 1.</param>
/// <param name="Logits">The pair's ITM logits.</param>
/// <param name="Error">Why the picture failed.</param>
/// <param name="Tiers">Where the image features came from.</param>
public sealed record ExplanationResult(DeviceReply Reply, float[][] Maps, ItmLogits Logits, ItemError? Error, TierCounts Tiers)
{
    internal static ExplanationResult Of(DeviceReply reply, ExplanationReply? answer, int tokens)
    {
        if (answer is null || answer.Maps.Length == 0)
            return new ExplanationResult(reply, [], default, answer?.Error, answer?.Tiers ?? ImageLookup.FromNowhere);
        var numbers = FloatBytes.ToFloats(answer.Maps).ToArray();
        return new ExplanationResult(
            reply, [.. numbers.Chunk(numbers.Length / tokens)], new ItmLogits(answer.NoMatch, answer.Match), Error: null, answer.Tiers);
    }
}
