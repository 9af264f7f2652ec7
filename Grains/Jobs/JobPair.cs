using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs;

/// <summary>A pair of a score job.</summary>
/// <param name="Id">Stands in the results.</param>
/// <param name="Image">The picture as the input names it; stands in the results.</param>
/// <param name="Picture">The picture; its content hash may be empty. Null with an error.</param>
/// <param name="Text">The text. Null with an error.</param>
/// <param name="Error">Why the line of the input is no pair.</param>
public sealed record JobPair(string Id, string? Image, PictureReference? Picture, string? Text, ItemError? Error = null);
