namespace MplugCluster.Gateway.Api;

/// <summary>A picture of an evaluate job.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Captions">Its captions: one, or a list.</param>
public sealed record AnnotationInput(JobPicture Image, OneOrMany<string> Captions);
