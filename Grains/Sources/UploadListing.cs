using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>
/// What a client found in a source of its own: blobs of lines, each an <see cref="UploadedItem"/>, and one blob that has the SHA-256 of each of them
/// on a line. In parts, because a blob is no larger than a picture.
/// </summary>
public static class UploadListing
{
    static readonly JsonSerializerOptions Lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 128, // metadata may be as deep as a parser takes, and stands in a line
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>An item as a line, with its line feed.</summary>
    public static byte[] LineOf(UploadedItem item) => [.. JsonSerializer.SerializeToUtf8Bytes(item, Lines), (byte)'\n'];

    /// <summary>The blob that names the parts.</summary>
    public static byte[] IndexOf(IEnumerable<string> parts) => Encoding.ASCII.GetBytes(string.Concat(parts.Select(part => part + "\n")));

    internal static async IAsyncEnumerable<SourceItem> List(SourceSpec spec, SourceCatalog catalog, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var blobs = catalog.Open(spec.Address);
        var parts = Parts(await Read(blobs, spec.Path, "index", cancellation), spec.Path);
        foreach (var part in parts)
        {
            var lines = await Read(blobs, part, "part", cancellation);
            for (var (at, number) = (0, 1); at < lines.Length; number++)
            {
                var length = lines.AsSpan(at).IndexOf((byte)'\n');
                var line = lines.AsMemory(at, length < 0 ? lines.Length - at : length);
                at += line.Length + 1;
                if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                    yield return ItemOf(line.Span, $"{part}:{number}");
            }
        }
    }

    /// <summary>What an index names. Anything else that lies at its hash is not shown to who names it.</summary>
    static string[] Parts(byte[] index, string sha256)
    {
        string[] parts = [.. Encoding.Latin1.GetString(index).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        if (parts.Any(part => !BlobPath.IsHash(part)))
            throw new SourceException($"The blob '{sha256}' is no listing's index: each of its lines must be the SHA-256 of a part, 64 lower-case hex digits.");
        return parts.Distinct(StringComparer.Ordinal).Count() == parts.Length
            ? parts
            : throw new SourceException($"The listing's index '{sha256}' names a part twice.");
    }

    static async Task<byte[]> Read(IObjectSource blobs, string sha256, string what, CancellationToken cancellation) =>
        await blobs.ReadRange(sha256, 0, -1, cancellation)
        ?? throw new SourceException($"The listing's {what} '{sha256}' is no uploaded blob; upload it and ingest again.");

    static SourceItem ItemOf(ReadOnlySpan<byte> line, string place)
    {
        UploadedItem item;
        try
        {
            item = JsonSerializer.Deserialize<UploadedItem>(line, Lines) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            // Whose line it is nobody knows: any item may be meant.
            return SourceItem.Rejected(place, "invalid", $"Line {place} of the listing cannot be read: {e.Message}", hidesMore: true);
        }

        if (item.Error is not null)
            return SourceItem.Rejected(item.Id, item.Error, item.Reason ?? "The client could not use it.", item.HidesMore) with { IsListed = item.IsListed };
        if (FaultOf(item) is { } fault)
            return SourceItem.Rejected(item.Id, "invalid", $"Line {place} of the listing: {fault}");
        var metadata = item.Metadata is { } members ? MetadataText.Of(members) : null;
        return item.Blob is { } blob
            ? new SourceItem(item.Id, SourceOutcome.Picture, new PictureReference(BlobPath.Of(blob), blob, Version: item.Version), item.Caption, metadata)
            : new SourceItem(item.Id, SourceOutcome.Text, Text: item.Text, Metadata: metadata);
    }

    static string? FaultOf(UploadedItem item) =>
        item.Blob is null == string.IsNullOrEmpty(item.Text) ? "it needs either a 'blob' or a 'text'."
        : item.Blob is { } blob && !BlobPath.IsHash(blob) ? $"'{blob}' is not the SHA-256 of a blob, 64 lower-case hex digits."
        : item.Text is not null && item.Caption is not null ? "a text has no 'caption'."
        : item.Metadata is { ValueKind: not JsonValueKind.Object } ? "'metadata' is not a JSON object."
        : item.Metadata is { } metadata && MetadataText.Of(metadata) is null ? MetadataText.Fault
        : null;
}
