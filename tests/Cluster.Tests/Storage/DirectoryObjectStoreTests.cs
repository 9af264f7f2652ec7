using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

public sealed class DirectoryObjectStoreTests : ObjectStoreContract, IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    public DirectoryObjectStoreTests() => store = new DirectoryObjectStore(folder.Path);

    internal override Task<IObjectStore> Open() => Task.FromResult<IObjectStore>(new DirectoryObjectStore(folder.Path));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task LocalFile_OfAnObject_IsTheFile()
    {
        await store.Write("a/b", "hello"u8.ToArray(), WriteCondition.None);

        Assert.Equal("hello", await File.ReadAllTextAsync(store.LocalFile("a/b")!));
    }

    [Fact]
    public async Task List_Everything_WithoutWhatBelongsToTheDirectory()
    {
        await store.Write("a", "1"u8.ToArray(), WriteCondition.IfAbsent);
        Directory.CreateDirectory(folder.File(".cluster"));
        await File.WriteAllTextAsync(Path.Combine(folder.File(".cluster"), "door.json"), "{}");

        Assert.Equal(["a"], await store.List("").Select(info => info.Path).ToArrayAsync());
    }

    [Fact]
    public async Task Write_WhereAFileStandsInTheWay_NamesPathAndCause()
    {
        await store.Write("a", "1"u8.ToArray(), WriteCondition.None);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Write("a/b", "1"u8.ToArray(), WriteCondition.None));

        Assert.StartsWith("The store failed at 'a/b': ", failure.Message);
    }

    [Fact]
    public async Task Write_WhereADirectoryStandsInTheWay_NamesPathAndCause()
    {
        await store.Write("a/b", "1"u8.ToArray(), WriteCondition.None);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Write("a", "1"u8.ToArray(), WriteCondition.None));

        Assert.StartsWith("The store failed at 'a': ", failure.Message);
    }

    [Fact]
    public async Task Write_StoreTakenAway_StillAStoreException()
    {
        Directory.Delete(folder.Path, recursive: true);
        File.WriteAllText(folder.Path, "no directory");

        await Assert.ThrowsAsync<StoreException>(() => store.Write("a", default, WriteCondition.None));

        File.Delete(folder.Path);
        Directory.CreateDirectory(folder.Path);
    }

    [Fact]
    public void Open_BelowAFile_NamesTheDirectory()
    {
        var file = folder.File("file");
        File.WriteAllText(file, "no directory");

        var failure = Assert.Throws<StoreException>(() => new DirectoryObjectStore(Path.Combine(file, "store")));

        Assert.StartsWith($"The store failed at '{Path.Combine(file, "store")}': ", failure.Message);
    }

    [Fact]
    public async Task Open_AfterACrash_OldHalfWrittenFilesAreGone()
    {
        var left = Path.Combine(folder.Path, ".tmp", "left");
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-2));

        var lockFile = Path.Combine(folder.Path, ".tmp", ".lock");
        await store.Write("a", default, WriteCondition.IfAbsent);
        File.SetLastWriteTimeUtc(lockFile, DateTime.UtcNow.AddDays(-2));

        _ = new DirectoryObjectStore(folder.Path);

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(lockFile));
    }
}
