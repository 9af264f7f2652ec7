namespace MplugCluster.Gateway.Api;

/// <summary>A pair of a score job.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Text">The text.</param>
/// <param name="Id">Stands in the results. Default: its number in the list, from 1.</param>
/// <param name="Name">What the results call the picture. Default: its path, or its SHA-256.</param>
public sealed record JobPairInput(JobPicture Image, string Text, string? Id = null, string? Name = null);
