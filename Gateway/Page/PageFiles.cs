using System.Collections.Frozen;

namespace MplugCluster.Gateway.Page;

/// <summary>The page's files, which are resources of this assembly: <c>index.html</c>, <c>page.css</c>, <c>search.js</c>, ...</summary>
static class PageFiles
{
    const string Prefix = "page/";

    static readonly FrozenDictionary<string, PageFile> Files = typeof(PageFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], name => PageFile.Of(name, Read(name)), StringComparer.Ordinal);

    /// <summary>A file by its name; null where there is none.</summary>
    public static PageFile? Find(string name) => Files.GetValueOrDefault(name);

    static byte[] Read(string name)
    {
        using var resource = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
