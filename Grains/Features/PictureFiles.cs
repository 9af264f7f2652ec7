using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Features;

/// <summary>Reads pictures' bytes where their references lead.</summary>
/// <param name="sources">Opens the sources.</param>
/// <param name="maxBytes">Bytes that a picture may have; what lies in a foreign source may have become anything.</param>
public sealed class PictureFiles(SourceCatalog sources, int maxBytes)
{
    /// <summary>
    /// A picture's bytes, or why it has none: it is not there, its path is none, a link leads out, this one file or blob is refused. That the
    /// source as a whole is refused or fails is no error of the picture: it throws, and nothing is remembered.
    /// </summary>
    /// <exception cref="SourceException">The source may not be read.</exception>
    /// <exception cref="StoreException">The source fails.</exception>
    public async Task<(byte[]? Content, ItemError? Error)> Read(PictureReference picture, CancellationToken cancellation)
    {
        var source = sources.Open(picture.Source);
        if (ObjectPath.SourceFault(picture.Path) is { } fault)
            return (null, new ItemError("invalid", $"'{picture.Path}' is not a path below {SourceNames.Of(picture.Source)}: {fault}."));
        try
        {
            var most = maxBytes + 1L;
            var content = await source.ReadRange(picture.Path, picture.Offset, picture.Length < 0 ? most : Math.Min(picture.Length, most), cancellation);
            return content is null ? (null, new ItemError("missing", Missing(picture)))
                : content.Length > maxBytes ? (null, new ItemError("too_large", $"The file has more than {maxBytes} bytes."))
                : (content, null);
        }
        catch (Exception e) when (e is SourceException or StoreException { IsOfObject: true })
        {
            // The source was opened above: what is refused now is this picture.
            return (null, new ItemError("unreadable", e.Message));
        }
    }

    static string Missing(PictureReference picture) => picture.Source.Length == 0
        ? $"The picture is not in the store ('{picture.Path}')."
        : $"There is no '{picture.Path}' in '{picture.Source}' any more.";
}
