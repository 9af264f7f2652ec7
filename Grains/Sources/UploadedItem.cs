using System.Text.Json;

namespace MplugCluster.Grains.Sources;

/// <summary>
/// A line of a listing that a client uploads: a picture (<paramref name="Blob"/>), a text (<paramref name="Text"/>), or something that the client
/// could not use (<paramref name="Error"/>).
/// </summary>
/// <param name="Id">The item.</param>
/// <param name="Blob">SHA-256 of the uploaded picture.</param>
/// <param name="Version">State of the picture in the client's source, such as size and time: while it stays, the client need not read the picture again.</param>
/// <param name="Caption">The picture's caption.</param>
/// <param name="Text">The text, where the item is one.</param>
/// <param name="Metadata">A JSON object.</param>
/// <param name="Error">Code of the item error, such as <c>unreadable</c>.</param>
/// <param name="Reason">The error in words.</param>
/// <param name="HidesMore">Whether what could not be used may hold any number of items; then nothing is taken for missing.</param>
/// <param name="IsListed">Whether what could not be used is an item of the source all the same: then a corpus keeps nothing of what it was before.</param>
public sealed record UploadedItem(
    string Id,
    string? Blob = null,
    string? Version = null,
    string? Caption = null,
    string? Text = null,
    JsonElement? Metadata = null,
    string? Error = null,
    string? Reason = null,
    bool HidesMore = false,
    bool IsListed = false);
