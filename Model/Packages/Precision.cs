namespace MplugCluster.Model.Packages;

/// <summary>Number format of a package's weights.</summary>
public enum Precision
{
    /// <summary>32-bit floating point: the reference's numbers.</summary>
    Fp32,
}
