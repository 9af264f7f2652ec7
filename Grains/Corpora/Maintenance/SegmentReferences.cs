using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora.Maintenance;

/// <summary>Which segment files manifests speak of.</summary>
static partial class SegmentReferences
{
    /// <summary>Files that any corpus or pin needs. Pins come first: who adopts a corpus pins it, switches, and lets go of the pin.</summary>
    public static async Task<HashSet<string>> All(IObjectStore store, CancellationToken cancellation)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var pin in store.List(CorpusManifest.Pins, cancellation))
            all.UnionWith(await Of(store, pin.Path, cancellation));
        await foreach (var file in store.List(CorpusManifest.Root, cancellation))
        {
            if (CorpusManifest.NameOf(file.Path) is not null)
                all.UnionWith(await Of(store, file.Path, cancellation));
        }

        return all;
    }

    /// <summary>Files that one manifest lists; a damaged one protects what its text still names.</summary>
    public static async Task<IEnumerable<string>> Of(IObjectStore store, string manifest, CancellationToken cancellation, bool retired = false)
    {
        if (await store.Read(manifest, cancellation) is not { } stored)
            return [];
        try
        {
            var read = CorpusManifest.Parse(stored.Content);
            return read.Segments.Select(entry => entry.File).Concat(retired ? (read.Retired ?? []).Select(segment => segment.File) : []);
        }
        catch (JsonException)
        {
            return Files().Matches(Encoding.UTF8.GetString(stored.Content)).Select(match => match.Groups[1].Value);
        }
    }

    [GeneratedRegex("""
        "file":"([^"\\]+)"
        """)]
    private static partial Regex Files();
}
