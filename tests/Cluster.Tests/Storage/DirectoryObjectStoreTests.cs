using System.Text;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

public sealed class DirectoryObjectStoreTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    public DirectoryObjectStoreTests() => store = new DirectoryObjectStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_ThenRead_SameBytesAndETag()
    {
        var etag = await store.Write("a/b", "hello"u8.ToArray(), WriteCondition.None);

        var read = await store.Read("a/b");

        Assert.Equal("hello"u8.ToArray(), read!.Content);
        Assert.Equal(etag, read.ETag);
    }

    [Fact]
    public async Task Read_NoObject_Null()
    {
        Assert.Null(await store.Read("a"));
        Assert.Null(await store.ReadRange("a/b/c", 0, -1));
        Assert.Null(await store.Head("a"));
        Assert.False(await store.Delete("a"));
    }

    [Theory]
    [InlineData(0, -1, "0123456789")]
    [InlineData(3, 4, "3456")]
    [InlineData(8, 10, "89")]
    [InlineData(20, 5, "")]
    public async Task ReadRange_AnyRange_TheBytesThatAreThere(long offset, long length, string expected)
    {
        await store.Write("a", "0123456789"u8.ToArray(), WriteCondition.None);

        Assert.Equal(expected, Encoding.UTF8.GetString((await store.ReadRange("a", offset, length))!));
    }

    [Fact]
    public async Task Write_IfAbsent_OnlyTheFirst()
    {
        Assert.NotNull(await store.Write("a", "1"u8.ToArray(), WriteCondition.IfAbsent));
        Assert.Null(await store.Write("a", "2"u8.ToArray(), WriteCondition.IfAbsent));
        Assert.Equal("1"u8.ToArray(), (await store.Read("a"))!.Content);
    }

    [Fact]
    public async Task Write_IfMatch_OnlyOnTheVersionThatWasRead()
    {
        var first = await store.Write("a", "1"u8.ToArray(), WriteCondition.None);
        var second = await store.Write("a", "2"u8.ToArray(), WriteCondition.IfMatch(first!));

        Assert.NotNull(second);
        Assert.Null(await store.Write("a", "3"u8.ToArray(), WriteCondition.IfMatch(first!)));
        Assert.Null(await store.Write("none", "3"u8.ToArray(), WriteCondition.IfMatch(first!)));
        Assert.Equal("2"u8.ToArray(), (await store.Read("a"))!.Content);
    }

    [Fact]
    public async Task Write_ManyRacingIncrements_NoneIsLost()
    {
        const int Writers = 8, Each = 20;
        await store.Write("count", "0"u8.ToArray(), WriteCondition.None);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            var own = new DirectoryObjectStore(folder.Path);
            for (var i = 0; i < Each;)
            {
                var read = (await own.Read("count"))!;
                var next = int.Parse(Encoding.UTF8.GetString(read.Content)) + 1;
                if (await own.Write("count", Encoding.UTF8.GetBytes($"{next}"), WriteCondition.IfMatch(read.ETag)) is not null)
                    i++;
            }
        })));

        Assert.Equal($"{Writers * Each}", Encoding.UTF8.GetString((await store.Read("count"))!.Content));
    }

    [Fact]
    public async Task Write_ManyRacingForOneName_OneWins()
    {
        var written = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            store.Write("a", Encoding.UTF8.GetBytes($"{i}"), WriteCondition.IfAbsent))));

        Assert.Single(written, etag => etag is not null);
    }

    [Fact]
    public async Task List_Folder_OrdinalOrderAndNothingElse()
    {
        foreach (var path in new[] { "f/b", "f/a/x", "f/B", "g/a", "fa" })
            await store.Write(path, "1"u8.ToArray(), WriteCondition.None);

        var found = await store.List("f").Select(info => info.Path).ToArrayAsync();

        Assert.Equal(["f/B", "f/a/x", "f/b"], found);
        Assert.Empty(await store.List("none").ToArrayAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("c:a")]
    [InlineData("a\nb")]
    public async Task AnyCall_PathThatCouldLeaveTheStore_Refused(string path)
    {
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Read(path));
        Assert.Contains("is not an object path", failure.Message);
        await Assert.ThrowsAsync<StoreException>(() => store.Write(path, default, WriteCondition.None));
        await Assert.ThrowsAsync<StoreException>(() => store.Delete(path));
    }

    [Fact]
    public async Task Write_WhereAFileStandsInTheWay_NamesPathAndCause()
    {
        await store.Write("a", "1"u8.ToArray(), WriteCondition.None);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Write("a/b", "1"u8.ToArray(), WriteCondition.None));

        Assert.StartsWith("The store failed at 'a/b': ", failure.Message);
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
