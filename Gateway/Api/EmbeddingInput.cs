using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Something to embed: a string (a text, or a picture when it is a data URI), <c>{"text": ...}</c> or <c>{"image": ...}</c>.</summary>
/// <param name="Text">The text.</param>
/// <param name="Image">The picture.</param>
[JsonConverter(typeof(EmbeddingInputConverter))]
public sealed record EmbeddingInput(string? Text, PictureInput? Image);
