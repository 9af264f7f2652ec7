using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>One item of a corpus: a picture or a text.</summary>
/// <param name="Id">Unique within the corpus; ties break by ordinal id.</param>
/// <param name="Kind">Picture or text.</param>
/// <param name="Picture">Where the picture is, for pictures.</param>
/// <param name="Text">The text, for texts.</param>
/// <param name="Source">Path, size and modification time (or ETag) as the submitter knows them: what "unchanged" is judged by. Opaque here.</param>
[GenerateSerializer, Immutable, Alias("mplug.CorpusItem")]
public sealed record CorpusItem(
    [property: Id(0)] string Id,
    [property: Id(1)] ItemKind Kind,
    [property: Id(2)] PictureReference? Picture,
    [property: Id(3)] string? Text,
    [property: Id(4)] string? Source = null);
