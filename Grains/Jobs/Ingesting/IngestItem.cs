using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>An object of the source, as it was listed.</summary>
/// <param name="Id">The item.</param>
/// <param name="Picture">Where the picture is; its content hash is empty until it has been read. Null for a text.</param>
/// <param name="Text">The text, or the picture's caption.</param>
/// <param name="Metadata">A JSON object.</param>
/// <param name="Error">Why it was rejected.</param>
/// <param name="HidesMore">Whether what was rejected may hold other items.</param>
/// <param name="IsListed">Whether what was rejected is an item of the source all the same.</param>
sealed record IngestItem(string Id, PictureReference? Picture, string? Text, string? Metadata, ItemError? Error, bool HidesMore = false, bool IsListed = false);
