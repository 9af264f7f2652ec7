namespace MplugCluster.Model.Packages;

/// <summary>Number format of a package's weights, or of the features it caches.</summary>
public enum Precision
{
    /// <summary>32-bit floating point: the reference's numbers.</summary>
    Fp32,
}
