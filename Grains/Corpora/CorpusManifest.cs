using System.Text.Json;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>A corpus at one version: an immutable list of immutable segments. Replacing this one object switches the whole corpus.</summary>
/// <param name="Id">Made new when the corpus is: one that was dropped and made again under its name is another corpus.</param>
/// <param name="Fingerprint">Package of its embeddings.</param>
/// <param name="Convention">How its pictures and texts were prepared.</param>
/// <param name="Version">Raised by every change.</param>
/// <param name="Segments">In the order they were added.</param>
/// <param name="Blocks">For each ingest job how many of its blocks are in: what makes a repeated commit harmless.</param>
/// <param name="Retired">Segments that left the corpus and wait for being collected.</param>
public sealed record CorpusManifest(
    Guid Id,
    string Fingerprint,
    string Convention,
    long Version,
    IReadOnlyList<SegmentEntry> Segments,
    IReadOnlyDictionary<string, int>? Blocks = null,
    IReadOnlyList<RetiredSegment>? Retired = null)
{
    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Folder of all corpora.</summary>
    public const string Root = "corpora";

    /// <summary>Folder of the manifests that somebody still needs, below it a folder for each corpus.</summary>
    public const string Pins = "pins";

    /// <summary>Folder of a corpus.</summary>
    public static string FolderOf(string corpus) => $"{Root}/{corpus}";

    /// <summary>Object of a corpus's manifest.</summary>
    public static string PathOf(string corpus) => $"{FolderOf(corpus)}/manifest.json";

    /// <summary>Folder of a corpus's segments.</summary>
    public static string SegmentsOf(string corpus) => $"{FolderOf(corpus)}/segments";

    /// <summary>A name for a new segment.</summary>
    public static string NewSegment(string corpus) => $"{SegmentsOf(corpus)}/{Guid.NewGuid():N}.arrow";

    /// <summary>The corpus whose manifest an object is; null for any other object.</summary>
    public static string? NameOf(string path) => path.Split('/') is [Root, var name, "manifest.json"] ? name : null;

    /// <summary>Which segments a shard holds: they are dealt out in order, each shard taking them until it is full.</summary>
    public IEnumerable<IReadOnlyList<SegmentEntry>> Shards(int itemsPerShard)
    {
        var shard = new List<SegmentEntry>();
        var rows = 0;
        foreach (var segment in Segments)
        {
            if (shard.Count > 0 && rows + segment.Rows > itemsPerShard)
            {
                yield return shard;
                (shard, rows) = ([], 0);
            }

            shard.Add(segment);
            rows += segment.Rows;
        }

        if (shard.Count > 0)
            yield return shard;
    }

    /// <summary>The manifest as bytes.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a corpus's manifest; null if there is no such corpus.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    public static Task<(CorpusManifest Manifest, string ETag)?> Read(IObjectStore store, string corpus, CancellationToken cancellation) =>
        Read(store, corpus, PathOf(corpus), cancellation);

    /// <summary>Reads a manifest of a corpus that lies at <paramref name="path"/>: its own, or one that was pinned; null if there is none.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    public static async Task<(CorpusManifest Manifest, string ETag)?> Read(
        IObjectStore store, string corpus, string path, CancellationToken cancellation)
    {
        if (await store.Read(path, cancellation) is not { } stored)
            return null;
        try
        {
            return (Parse(stored.Content), stored.ETag);
        }
        catch (JsonException e)
        {
            throw new StoreException($"The manifest of corpus '{corpus}' is damaged: {e.Message}", e);
        }
    }

    /// <summary>A manifest from its bytes.</summary>
    /// <exception cref="JsonException">They are none.</exception>
    internal static CorpusManifest Parse(byte[] content) =>
        JsonSerializer.Deserialize<CorpusManifest>(content, Json) ?? throw new JsonException("it is empty");
}
