namespace MplugCluster.Training.Data;

/// <summary>A caption in an annotation file.</summary>
/// <param name="Image">Path of its picture, relative to the root of the pictures.</param>
/// <param name="Caption">The caption.</param>
/// <param name="ImageId">What the file calls the picture; captions with the same one are of the same picture. Null: the path says it.</param>
/// <param name="Place">Where it stands, for messages: <c>entry 3</c>, <c>line 7</c>.</param>
sealed record AnnotationEntry(string Image, string Caption, string? ImageId, string Place);
