namespace MplugCluster.Model.Inference;

/// <summary>How the image tokens do that stay on a device.</summary>
/// <param name="Hits">Pictures of runs whose tokens were there, since the engine started.</param>
/// <param name="Misses">Pictures of runs whose tokens were sent.</param>
/// <param name="Bytes">Bytes that hold tokens.</param>
/// <param name="CapacityBytes">Bytes that may.</param>
public readonly record struct TokenResidency(long Hits, long Misses, long Bytes, long CapacityBytes);
