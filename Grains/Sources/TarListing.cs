using System.Runtime.CompilerServices;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>
/// Pictures in tar files, referenced where they lie. Members of one name belong together: <c>a.jpg</c>'s caption is <c>a.txt</c> or
/// <c>a.caption</c>, its metadata <c>a.json</c>. An item's id is its path in the archive, behind the archive's own where there are several.
/// </summary>
static class TarListing
{
    static readonly string[] Compressed = [".tar.gz", ".tgz", ".tar.zst", ".tar.bz2", ".tar.xz"];

    public static async IAsyncEnumerable<SourceItem> List(SourceSpec spec, SourceCatalog catalog, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var source = catalog.Open(spec.Address);
        if (spec.Path.Length > 0 && await source.Head(spec.Path, cancellation) is { } only)
        {
            await foreach (var item in ListOne(source, spec.Address, only, "", cancellation))
                yield return item;
            yield break;
        }

        var any = false;
        await foreach (var found in source.List(spec.Path, cancellation))
        {
            any = true;
            if (found.Fault is { } fault)
                yield return SourceItem.Rejected(found.Path, "unreadable", $"'{found.Path}' cannot be read: {fault}", hidesMore: true);
            else if (Compressed.Any(end => found.Path.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
                yield return SourceItem.Rejected(found.Path, "unreadable", $"'{found.Path}' is compressed; unpack it to a plain .tar.", hidesMore: true);
            else if (!found.Path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase))
                yield return SourceItem.Ignored(found.Path);
            else
                await foreach (var item in ListOne(source, spec.Address, found, found.Path + '/', cancellation))
                    yield return item;
        }

        if (!any && spec.Path.Length > 0)
            throw new SourceException($"There is no '{spec.Path}' in {SourceNames.Of(spec.Address)}.");
    }

    /// <summary>The archive's headers first, because a caption may stand anywhere in it; then its items in its order.</summary>
    static async IAsyncEnumerable<SourceItem> ListOne(
        IObjectSource source, string address, ObjectInfo tar, string idPrefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stream = new SourceStream(source, tar, cancellation);
        var sidecars = new Dictionary<string, TarSidecars>(StringComparer.Ordinal);
        var members = new List<TarMember>();
        await foreach (var member in TarArchive.Members(stream))
        {
            if (member.Fault is null && TarSidecars.IsOne(member.Name))
            {
                var stem = Stem(member.Name);
                if (!sidecars.TryGetValue(stem, out var beside))
                    sidecars[stem] = beside = new TarSidecars();
                await beside.Take(member, stream);
            }

            members.Add(member);
        }

        var used = members.Where(member => member.Fault is null && PictureExtensions.Has(member.Name)).Select(member => Stem(member.Name)).ToHashSet();
        foreach (var member in members)
        {
            var id = idPrefix + member.Name;
            if (member.Name.Length == 0)
                yield return SourceItem.Rejected(tar.Path, member.Code, $"'{tar.Path}' cannot be read to its end: {member.Fault}", hidesMore: true);
            else if (PictureExtensions.Has(member.Name))
                yield return ItemOf(member, id, sidecars.GetValueOrDefault(Stem(member.Name)), address, tar);
            else if (!(used.Contains(Stem(member.Name)) && sidecars.TryGetValue(Stem(member.Name), out var beside) && beside.Uses(member)))
                yield return SourceItem.Ignored(id);
        }
    }

    static SourceItem ItemOf(TarMember member, string id, TarSidecars? beside, string address, ObjectInfo tar)
    {
        if ((member.Fault ?? beside?.Fault) is { } fault)
            return SourceItem.Rejected(id, member.Fault is null ? "invalid" : member.Code, $"'{member.Name}' in '{tar.Path}' cannot be used: {fault}");
        var picture = new PictureReference(tar.Path, "", member.Offset, member.Length, address, tar.Version);
        return new SourceItem(id, SourceOutcome.Picture, picture, beside?.Caption, beside?.Metadata);
    }

    static string Stem(string name) => name[..^Path.GetExtension(name).Length];
}
