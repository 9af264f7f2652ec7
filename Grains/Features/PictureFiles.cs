using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Grains.Features;

/// <summary>Reads pictures' bytes where their references lead.</summary>
/// <param name="sources">Opens the sources.</param>
/// <param name="maxBytes">Bytes that a picture may have; what lies in a foreign source may have become anything.</param>
public sealed class PictureFiles(SourceCatalog sources, int maxBytes)
{
    /// <summary>
    /// A picture's bytes, or why it has none. That the source is refused or fails is no error of the picture: it throws, and nothing is remembered.
    /// </summary>
    /// <exception cref="SourceException">The source may not be read.</exception>
    /// <exception cref="Storage.StoreException">The source fails.</exception>
    public async Task<(byte[]? Content, ItemError? Error)> Read(PictureReference picture, CancellationToken cancellation)
    {
        var most = maxBytes + 1L;
        var content = await sources.Open(picture.Source).ReadRange(
            picture.Path, picture.Offset, picture.Length < 0 ? most : Math.Min(picture.Length, most), cancellation);
        return content is null ? (null, new ItemError("missing", Missing(picture)))
            : content.Length > maxBytes ? (null, new ItemError("too_large", $"The file has more than {maxBytes} bytes."))
            : (content, null);
    }

    static string Missing(PictureReference picture) => picture.Source.Length == 0
        ? $"The picture is not in the store ('{picture.Path}')."
        : $"There is no '{picture.Path}' in '{picture.Source}' any more.";
}
