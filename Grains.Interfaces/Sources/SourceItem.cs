using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Interfaces.Sources;

/// <summary>One thing that a source's listing found.</summary>
/// <param name="Id">The item's id; for what is ignored its path, for a manifest's line that names nothing <c>manifest:line</c>.</param>
/// <param name="Outcome">What it is.</param>
/// <param name="Picture">Where a picture is. Its content hash is empty until somebody has read it, but for uploaded blobs.</param>
/// <param name="Text">The text of a text; the caption of a picture that has one.</param>
/// <param name="Metadata">A JSON object, or null.</param>
/// <param name="Error">
/// Why it was rejected: <c>invalid</c>, <c>missing</c>, <c>duplicate_id</c>, <c>unreadable</c>, <c>unsupported</c>; null for everything else.
/// </param>
/// <param name="HidesMore">Whether it stands for more than itself: a folder, an archive or lines that cannot be read may hold any number of items.</param>
/// <param name="IsListed">
/// Whether what was rejected is an item of the source all the same, which has become unusable; else nothing is said of an item of that id.
/// </param>
[GenerateSerializer, Immutable, Alias("mplug.SourceItem")]
public sealed record SourceItem(
    [property: Id(0)] string Id,
    [property: Id(1)] SourceOutcome Outcome,
    [property: Id(2)] PictureReference? Picture = null,
    [property: Id(3)] string? Text = null,
    [property: Id(4)] string? Metadata = null,
    [property: Id(5)] ItemError? Error = null,
    [property: Id(6)] bool HidesMore = false,
    [property: Id(7)] bool IsListed = false)
{
    /// <summary>Something that cannot be an item.</summary>
    public static SourceItem Rejected(string id, string code, string reason, bool hidesMore = false) =>
        new(id, SourceOutcome.Rejected, Error: new ItemError(code, reason), HidesMore: hidesMore);

    /// <summary>Something that is not meant as one.</summary>
    public static SourceItem Ignored(string path) => new(path, SourceOutcome.Ignored);
}
