using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>An item of a corpus.</summary>
/// <param name="Id">Unique within the corpus.</param>
/// <param name="Kind"><c>picture</c> or <c>text</c>.</param>
/// <param name="Blob">SHA-256 of the picture.</param>
/// <param name="Text">The text.</param>
/// <param name="Source">As the submitter gave it.</param>
/// <param name="Metadata">As the submitter gave it.</param>
/// <param name="Embedding">Its unit vector, as base64, where the request has <c>embeddings=true</c>.</param>
public sealed record ItemInfo(
    string Id,
    string Kind,
    string? Blob,
    string? Text,
    string? Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Metadata = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EmbeddingVector? Embedding = null);
