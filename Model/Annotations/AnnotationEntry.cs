namespace MplugCluster.Model.Annotations;

/// <summary>A picture in an annotation file, with the captions that stand there. The same picture may come again with others.</summary>
/// <param name="Image">Path of the picture, relative to the root of the pictures.</param>
/// <param name="Captions">Its captions.</param>
/// <param name="ImageId">What the file calls the picture; captions with the same one are of the same picture. Null: the path says it.</param>
/// <param name="Group">What the file calls the pictures that are alike and to be told apart from this one; null when it says nothing.</param>
/// <param name="Place">Where it stands, for messages: <c>entry 3</c>, <c>line 7</c>.</param>
sealed record AnnotationEntry(string Image, IReadOnlyList<string> Captions, string? ImageId, string? Group, string Place);
