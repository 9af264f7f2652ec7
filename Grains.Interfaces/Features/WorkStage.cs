namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>
/// What a call is doing on its device's silo. Where it does several things at once, the one that stands last here counts. Only append: the
/// numbers are on the wire.
/// </summary>
public enum WorkStage
{
    /// <summary>Everything waits: for the device, for a decoder, or for another caller's load of the same picture.</summary>
    Queue = 0,

    /// <summary>Pictures and features are read from where they lie, or features are written.</summary>
    Store = 1,

    /// <summary>Pictures are decoded and resized.</summary>
    Preprocess = 2,

    /// <summary>The device works.</summary>
    Inference = 3,
}
