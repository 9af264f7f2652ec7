using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>Scored pairs, gathered from many devices, in the order of the question's groups and of the texts within each.</summary>
public sealed record ScoringResult
{
    // In an array so that the record's copies share it.
    readonly TierCounts[] tiers = [ImageLookup.FromNowhere];

    internal ScoringResult(IReadOnlyList<PictureTexts> groups)
    {
        ItmLogits = [.. groups.Select(group => new ItmLogits?[group.Texts.Length])];
        ItcSimilarities = [.. groups.Select(group => new float[group.Texts.Length])];
        Errors = new ItemError?[groups.Count];
    }

    /// <summary>How it ended; with anything but Ok some pairs may have no logits.</summary>
    public DeviceReply Reply { get; init; } = new(CallStatus.Ok);

    /// <summary>Logits of each pair; null where it was not scored.</summary>
    public ItmLogits?[][] ItmLogits { get; }

    /// <summary>ITC similarity of each pair that was scored.</summary>
    public float[][] ItcSimilarities { get; }

    /// <summary>Why a group's picture failed.</summary>
    public ItemError?[] Errors { get; }

    /// <summary>Where the image features came from.</summary>
    public TierCounts Tiers => tiers[0];

    internal void Take(GroupPart[] parts, PairScoringReply reply)
    {
        var logits = FloatBytes.ToFloats(reply.ItmLogits);
        var similarities = FloatBytes.ToFloats(reply.ItcSimilarities);
        var at = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            if (reply.Errors[i] is { } error)
            {
                Errors[part.Group] = error;
                at += part.Texts.Length;
                continue;
            }

            for (var text = 0; text < part.Texts.Length; text++, at++)
            {
                ItmLogits[part.Group][part.First + text] = new ItmLogits(logits[2 * at], logits[2 * at + 1]);
                ItcSimilarities[part.Group][part.First + text] = similarities[at];
            }
        }

        tiers[0] += reply.Tiers;
    }
}
