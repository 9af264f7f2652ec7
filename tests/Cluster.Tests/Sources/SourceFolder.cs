using System.Text;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Sources;

/// <summary>A folder that may be read, beside a store, and a catalog that opens both.</summary>
sealed class SourceFolder : IDisposable
{
    readonly TemporaryFolder outer = new();

    public SourceFolder()
    {
        Root = Directory.CreateDirectory(outer.File("root")).FullName;
        Store = new DirectoryObjectStore(outer.File("store"));
        Catalog = new SourceCatalog(Store, new SourceSettings([Root], []), new AzureAccount());
    }

    /// <summary>The only directory that the catalog's settings name.</summary>
    public string Root { get; }

    /// <summary>The directory that the root lies in, which they do not.</summary>
    public string Outside => outer.Path;

    public string Address => $"folder:{Root}";

    public IObjectStore Store { get; }

    public SourceCatalog Catalog { get; }

    /// <summary>Writes a file below the root.</summary>
    public string Write(string path, byte[] content)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
        return file;
    }

    public string Write(string path, string content = "") => Write(path, Encoding.UTF8.GetBytes(content));

    public async Task<SourceItem[]> List(SourceKind kind, string path = "", string? address = null, string? below = null) =>
        await IngestListing.List(new SourceSpec(kind, address ?? Address, path, below), Catalog).ToArrayAsync();

    public void Dispose() => outer.Dispose();
}
