namespace MplugCluster.Gateway.Api;

/// <summary>A picture that an annotation file names.</summary>
/// <param name="Image">Its path, as it stands there.</param>
/// <param name="Captions">All its captions.</param>
public sealed record AnnotatedFile(string Image, IReadOnlyList<string> Captions);
