using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>One picture's features, or why this picture has none; and the tier they came from.</summary>
public sealed record ImageLookup(ImageFeatures? Features, ItemError? Error, TierCounts Tiers)
{
    internal static readonly TierCounts FromMemory = new(1, 0, 0);
    internal static readonly TierCounts FromStore = new(0, 1, 0);
    internal static readonly TierCounts FromDevice = new(0, 0, 1);
    internal static readonly TierCounts FromNowhere = new(0, 0, 0);
}
