using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>A picture whose content hash is known.</summary>
/// <param name="Picture">The picture; null if it cannot be used.</param>
/// <param name="Content">Its bytes, where they have been read.</param>
/// <param name="Error">Why it cannot be used.</param>
sealed record ResolvedPicture(PictureReference? Picture, byte[]? Content, ItemError? Error);
