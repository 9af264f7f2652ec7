using System.Runtime.CompilerServices;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;

namespace MplugCluster.Grains.Sources;

/// <summary>The pictures below a folder or container; their ids are their paths.</summary>
static class PictureListing
{
    public static async IAsyncEnumerable<SourceItem> List(SourceSpec spec, SourceCatalog catalog, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var any = false;
        await foreach (var found in catalog.Open(spec.Address).List(spec.Path, cancellation))
        {
            any = true;
            yield return found.Fault is { } fault ? SourceItem.Rejected(
                    found.Path, "unreadable", $"'{found.Path}' cannot be read: {fault}", hidesMore: !PictureExtensions.Has(found.Path))
                : !PictureExtensions.Has(found.Path) ? SourceItem.Ignored(found.Path)
                : Storage.ObjectPath.SourceFault(found.Path) is { } wrong ? SourceItem.Rejected(found.Path, "invalid", $"'{found.Path}' cannot be read: {wrong}.")
                : new SourceItem(found.Path, SourceOutcome.Picture, new PictureReference(found.Path, "", Source: spec.Address, Version: found.Version));
        }

        if (!any && spec.Path.Length > 0)
            throw new SourceException($"There is nothing below '{spec.Path}' in {SourceNames.Of(spec.Address)}.");
    }
}
