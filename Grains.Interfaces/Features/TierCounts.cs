namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Where the features of a call came from.</summary>
/// <param name="Memory">Found in the silo's cache.</param>
/// <param name="Store">Read from the feature store.</param>
/// <param name="Encoded">Decoded and encoded on the device.</param>
[GenerateSerializer, Immutable, Alias("mplug.TierCounts")]
public sealed record TierCounts([property: Id(0)] int Memory, [property: Id(1)] int Store, [property: Id(2)] int Encoded)
{
    /// <summary>Sum of two counts.</summary>
    public static TierCounts operator +(TierCounts a, TierCounts b) =>
        new(a.Memory + b.Memory, a.Store + b.Store, a.Encoded + b.Encoded);
}
