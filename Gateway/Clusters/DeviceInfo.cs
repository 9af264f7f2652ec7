namespace MplugCluster.Gateway.Clusters;

/// <summary>A device.</summary>
/// <param name="Device">Its name in the ring: <c>host/silo/device</c>.</param>
/// <param name="Silo">The silo that has it.</param>
/// <param name="Ready">Whether its last canary inference succeeded.</param>
/// <param name="Message">Why not, when it is not ready.</param>
/// <param name="QueueLength">Requests waiting; null where it does not say.</param>
/// <param name="QueueMs">Estimated time until a new request would begin, in milliseconds.</param>
/// <param name="ImagesEncoded">Pictures encoded since start.</param>
/// <param name="TextsEncoded">Texts encoded since start.</param>
/// <param name="PairsScored">Pairs scored since start.</param>
/// <param name="ImageMs">What encoding a picture takes, in milliseconds.</param>
/// <param name="TextMs">What encoding a text takes.</param>
/// <param name="PairMs">What scoring a pair takes.</param>
public sealed record DeviceInfo(
    string Device,
    string Silo,
    bool Ready,
    string? Message,
    int? QueueLength = null,
    int? QueueMs = null,
    long? ImagesEncoded = null,
    long? TextsEncoded = null,
    long? PairsScored = null,
    double? ImageMs = null,
    double? TextMs = null,
    double? PairMs = null);
