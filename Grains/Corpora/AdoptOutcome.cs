namespace MplugCluster.Grains.Corpora;

/// <summary>How taking over another corpus ended.</summary>
public enum AdoptOutcome
{
    /// <summary>The corpus now holds what the other held.</summary>
    Adopted,

    /// <summary>There is no such other corpus, or no more.</summary>
    NoOther,

    /// <summary>The corpus itself has been dropped.</summary>
    Gone,
}
