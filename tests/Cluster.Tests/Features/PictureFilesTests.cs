using MplugCluster.Cluster.Tests.Sources;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Features;

/// <summary>What is the error of one picture, and what is the failure of its source.</summary>
public sealed class PictureFilesTests : IDisposable
{
    readonly SourceFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_OneThatCannotBe_ItsError()
    {
        Directory.CreateDirectory(Path.Combine(folder.Root, "folder.png"));
        File.CreateSymbolicLink(Path.Combine(folder.Root, "nowhere.png"), "none");
        File.CreateSymbolicLink(Path.Combine(folder.Root, "out.png"), folder.Outside);
        File.CreateSymbolicLink(Path.Combine(folder.Root, "circle.png"), "circle.png");
        folder.Write("a.png", "1");

        Assert.Equal(new ItemError("missing", $"There is no 'nowhere.png' in '{folder.Address}' any more."), await Error("nowhere.png"));
        Assert.Equal("missing", (await Error("a.png/b.png")).Code);
        Assert.Equal(new ItemError("invalid", $"'../a.png' is not a path below '{folder.Address}': a segment is '.' or '..'."), await Error("../a.png"));
        Assert.Equal(new ItemError("invalid", $"'/a.png' is not a path below '{folder.Address}': it begins with '/'."), await Error("/a.png"));
        Assert.Equal("invalid", (await Error("")).Code);
        Assert.Equal(
            new ItemError("unreadable", $"'out.png' in '{folder.Address}' is a link that leads out of the folders that Mplug:Sources:Roots allows."),
            await Error("out.png"));
        foreach (var path in new[] { "folder.png", "circle.png", $"{new string('x', 300)}.png" })
        {
            var error = await Error(path);
            if (path.Length < 300)
                Assert.Equal(("unreadable", true), (error.Code, error.Reason.StartsWith($"The folder '{folder.Root}' cannot be read at '{path}': ", StringComparison.Ordinal)));
            else
                Assert.Contains(error.Code, new[] { "unreadable", "missing" });
        }
    }

    [Fact]
    public async Task Read_FileWithoutPermission_ItsError()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Files have no such permissions on Windows.");
            return;
        }

        if (Environment.IsPrivilegedProcess)
            Assert.Skip("Permissions stop nobody who is root.");
        File.SetUnixFileMode(folder.Write("a.png", "1"), UnixFileMode.None);

        Assert.Equal("unreadable", (await Error("a.png")).Code);
    }

    [Fact]
    public async Task Read_OneThatTheStoreRefuses_ItsErrorWithTheReason()
    {
        var store = new Storage.FaultyObjectStore(folder.Store) { OnCall = _ => throw new StoreException("it is archived") { IsOfObject = true } };
        var files = new PictureFiles(new SourceCatalog(store, SourceSettings.None, new AzureAccount()), 100);

        var (_, error) = await files.Read(new PictureReference("blobs/x", ""), default);

        Assert.Equal(new ItemError("unreadable", "it is archived"), error);
    }

    [Fact]
    public async Task Read_SourceIsGoneOrLeadsOut_Fails()
    {
        var inner = Path.Combine(folder.Root, "in");
        Directory.CreateDirectory(inner);
        var source = $"{folder.Address}/in";
        var files = new PictureFiles(folder.Catalog, 100);
        await files.Read(new PictureReference("a.png", "", Source: source), default);

        Directory.Delete(inner);
        var gone = await Assert.ThrowsAsync<StoreException>(() => files.Read(new PictureReference("a.png", "", Source: source), default));
        Directory.CreateSymbolicLink(inner, folder.Outside);
        var led = await Assert.ThrowsAsync<StoreException>(() => files.Read(new PictureReference("a.png", "", Source: source), default));

        Assert.StartsWith("There is no folder ", gone.Message);
        Assert.Equal($"The folder '{inner}' has become a link that leads out of the folders that Mplug:Sources:Roots allows.", led.Message);
        Assert.False(led.IsOfObject);
    }

    async Task<ItemError> Error(string path)
    {
        var (content, error) = await new PictureFiles(folder.Catalog, 100).Read(new PictureReference(path, "", Source: folder.Address), default);
        Assert.Null(content);
        return error!;
    }
}
