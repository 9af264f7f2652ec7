using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>One item of a corpus: a picture or a text.</summary>
/// <param name="Id">Unique within the corpus; ties break by ordinal id.</param>
/// <param name="Kind">Picture or text.</param>
/// <param name="Picture">Where the picture is, for pictures.</param>
/// <param name="Text">The text, for texts; a caption, for pictures that have one.</param>
/// <param name="Source">Path, size and modification time (or ETag) as the submitter knows them: what "unchanged" is judged by. Opaque here.</param>
/// <param name="Metadata">A JSON object whose members searches can filter by.</param>
/// <param name="Origin">Which ingest source it came from; null for items that a caller sent.</param>
[GenerateSerializer, Immutable, Alias("mplug.CorpusItem")]
public sealed record CorpusItem(
    [property: Id(0)] string Id,
    [property: Id(1)] ItemKind Kind,
    [property: Id(2)] PictureReference? Picture,
    [property: Id(3)] string? Text,
    [property: Id(4)] string? Source = null,
    [property: Id(5)] string? Metadata = null,
    [property: Id(6)] string? Origin = null);
