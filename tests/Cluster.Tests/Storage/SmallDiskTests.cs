using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>A directory store on a file system that is really full, or really read-only.</summary>
public sealed class SmallDiskTests
{
    [Fact]
    public async Task Write_FullFileSystem_SaysSoAndLeavesTheOldContent()
    {
        using var disk = SmallDisk.Mount();
        var store = new DirectoryObjectStore(disk.Path);
        var etag = await store.Write("a/b", "before"u8.ToArray(), WriteCondition.IfAbsent);
        disk.Fill();

        foreach (var condition in new[] { WriteCondition.None, WriteCondition.IfMatch(etag!) })
        {
            var failure = await Assert.ThrowsAsync<StoreException>(() => store.Write("a/b", new byte[100_000], condition));
            Assert.StartsWith("The store failed at 'a/b': No space left on device", failure.Message);
        }

        Assert.Equal("before"u8.ToArray(), (await store.Read("a/b"))!.Content);
        Assert.Equal(["a/b", "ballast"], await store.List("").Select(info => info.Path).ToArrayAsync());
        disk.MakeRoom();
        Assert.NotNull(await store.Write("a/b", "after"u8.ToArray(), WriteCondition.IfMatch(etag!)));
    }

    [Fact]
    public async Task Write_ReadOnlyFileSystem_SaysSo()
    {
        using var disk = SmallDisk.Mount();
        var store = new DirectoryObjectStore(disk.Path);
        await store.Write("a/b", "before"u8.ToArray(), WriteCondition.IfAbsent);
        await disk.MakeReadOnly();

        foreach (var act in new Func<Task>[]
        {
            () => store.Write("a/b", "after"u8.ToArray(), WriteCondition.None), () => store.Write("c", "new"u8.ToArray(), WriteCondition.IfAbsent), () => store.Delete("a/b"),
        })
            Assert.Contains("Read-only file system", (await Assert.ThrowsAsync<StoreException>(act)).Message);

        Assert.Equal("before"u8.ToArray(), (await store.Read("a/b"))!.Content);
    }

    [Fact]
    public async Task Open_ReadOnlyFileSystem_SaysSo()
    {
        using var disk = SmallDisk.Mount();
        await disk.MakeReadOnly();

        var failure = Assert.Throws<StoreException>(() => new DirectoryObjectStore(disk.Path));

        Assert.Contains("Read-only file system", failure.Message);
    }
}
