using System.Text.Json;

namespace MplugCluster.Gateway.Api;

/// <summary>An item to add to a corpus: a picture or a text.</summary>
/// <param name="Id">Unique within the corpus, 1 to 1,024 characters.</param>
/// <param name="Image">The picture.</param>
/// <param name="Text">The text.</param>
/// <param name="Source">Where it came from, as the submitter likes to know it (path, size and time, ETag); at most 4,096 characters.</param>
/// <param name="Metadata">An object whose fields searches can filter by; at most 16,384 bytes.</param>
public sealed record ItemInput(
    string Id, PictureInput? Image = null, string? Text = null, string? Source = null, JsonElement? Metadata = null);
