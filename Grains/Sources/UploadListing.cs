using System.Runtime.CompilerServices;
using System.Text;
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
        AllowDuplicateProperties = false,
    };

    /// <summary>An item as a line, with its line feed.</summary>
    public static byte[] LineOf(UploadedItem item) => [.. JsonSerializer.SerializeToUtf8Bytes(item, Lines), (byte)'\n'];

    /// <summary>The blob that names the parts.</summary>
    public static byte[] IndexOf(IEnumerable<string> parts) => Encoding.ASCII.GetBytes(string.Concat(parts.Select(part => part + "\n")));

    internal static async IAsyncEnumerable<SourceItem> List(SourceSpec spec, SourceCatalog catalog, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var blobs = catalog.Open(spec.Address);
        var index = await Read(blobs, spec.Path, "index", cancellation);
        foreach (var part in Encoding.ASCII.GetString(index).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = Encoding.UTF8.GetString(await Read(blobs, part, "part", cancellation)).Split('\n');
            foreach (var (number, line) in lines.Index().Where(line => line.Item.Length > 0))
                yield return ItemOf(line, $"{part}:{number + 1}");
        }
    }

    static async Task<byte[]> Read(IObjectSource blobs, string sha256, string what, CancellationToken cancellation) =>
        await blobs.ReadRange(sha256, 0, -1, cancellation)
        ?? throw new SourceException($"The listing's {what} '{sha256}' is no uploaded blob; upload it and ingest again.");

    static SourceItem ItemOf(string line, string place)
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
            return SourceItem.Rejected(item.Id, item.Error, item.Reason ?? "The client could not use it.", item.HidesMore);
        if (FaultOf(item) is { } fault)
            return SourceItem.Rejected(item.Id, "invalid", $"Line {place} of the listing: {fault}");
        var metadata = item.Metadata is { } members ? JsonSerializer.Serialize(members) : null;
        return item.Blob is { } blob
            ? new SourceItem(item.Id, SourceOutcome.Picture, new PictureReference(BlobPath.Of(blob), blob, Version: item.Version), item.Caption, metadata)
            : new SourceItem(item.Id, SourceOutcome.Text, Text: item.Text, Metadata: metadata);
    }

    static string? FaultOf(UploadedItem item) =>
        item.Blob is null == item.Text is null ? "it needs either a 'blob' or a 'text'."
        : item.Blob is { } blob && !BlobPath.IsHash(blob) ? $"'{blob}' is not the SHA-256 of a blob, 64 lower-case hex digits."
        : item.Text is not null && item.Caption is not null ? "a text has no 'caption'."
        : item.Metadata is { ValueKind: not JsonValueKind.Object } ? "'metadata' is not a JSON object."
        : null;
}
