namespace MplugCluster.Model.Packages;

/// <summary>Number format of a package's image tokens wherever they are kept; embeddings and all computation are fp32.</summary>
public enum FeaturePrecision
{
    /// <summary>32-bit floating point: the reference's numbers.</summary>
    Fp32,

    /// <summary>Rounded to 16-bit floating point as they leave the encoder: half the bytes, slightly other ITM logits.</summary>
    Fp16,
}
