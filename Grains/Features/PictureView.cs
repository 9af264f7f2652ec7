using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>A picture to be shown, or why there is none.</summary>
/// <param name="Content">The file's bytes.</param>
/// <param name="MediaType">Their media type, as the bytes say.</param>
/// <param name="Error">Why there is none.</param>
public sealed record PictureView(byte[]? Content, string? MediaType, ItemError? Error);
