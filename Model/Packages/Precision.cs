namespace MplugCluster.Model.Packages;

/// <summary>Number format of a package's weights.</summary>
public enum Precision
{
    /// <summary>32-bit floating point: the reference's numbers.</summary>
    Fp32,

    /// <summary>Linear layers in 8-bit whole numbers, everything else in fp32: a quarter of the bytes, a multiple of the speed, slightly other scores.</summary>
    Int8,

    /// <summary>
    /// Weights and the products with them, convolution, GELU and attention in 16-bit floating point, for GPUs; sums of residuals, layer norms and heads in
    /// fp32. Half the bytes, very slightly other scores.
    /// </summary>
    Fp16,
}
