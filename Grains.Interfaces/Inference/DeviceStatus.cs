namespace MplugCluster.Grains.Interfaces.Inference;

/// <summary>A device as the cluster sees it.</summary>
/// <param name="Device">The ring's name of it: <c>host/silo/device</c>.</param>
/// <param name="Fingerprint">Package it serves.</param>
/// <param name="Ready">Whether its last canary inference succeeded.</param>
/// <param name="Message">Why not, when it is not ready.</param>
/// <param name="QueueLength">Requests waiting.</param>
/// <param name="QueueMs">Estimated work waiting, in milliseconds.</param>
/// <param name="ImagesEncoded">Pictures encoded since start.</param>
/// <param name="TextsEncoded">Texts encoded since start.</param>
/// <param name="PairsScored">Pairs scored since start.</param>
/// <param name="ImageMs">What encoding a picture takes, in milliseconds: a mean of late work, or a guess as long as there was none.</param>
/// <param name="TextMs">What encoding a text takes, in milliseconds.</param>
/// <param name="PairMs">What scoring a pair takes, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("mplug.DeviceStatus")]
public sealed record DeviceStatus(
    [property: Id(0)] string Device,
    [property: Id(1)] string Fingerprint,
    [property: Id(2)] bool Ready,
    [property: Id(3)] string? Message,
    [property: Id(4)] int QueueLength,
    [property: Id(5)] int QueueMs,
    [property: Id(6)] long ImagesEncoded,
    [property: Id(7)] long TextsEncoded,
    [property: Id(8)] long PairsScored,
    [property: Id(9)] double ImageMs = 0,
    [property: Id(10)] double TextMs = 0,
    [property: Id(11)] double PairMs = 0);
