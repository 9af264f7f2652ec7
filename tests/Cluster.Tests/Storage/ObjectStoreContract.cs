using System.Text;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>What every store does, whatever it is made of.</summary>
public abstract class ObjectStoreContract
{
    /// <summary>An empty store; each further call opens the same one again, as another process would.</summary>
    internal abstract Task<IObjectStore> Open();

    [Fact]
    public async Task Write_ThenRead_SameBytesAndETag()
    {
        var store = await Open();

        var etag = await store.Write("a/b", "hello"u8.ToArray(), WriteCondition.None);

        var read = await store.Read("a/b");
        Assert.Equal("hello"u8.ToArray(), read!.Content);
        Assert.Equal(etag, read.ETag);
    }

    [Fact]
    public async Task Write_Nothing_AnEmptyObject()
    {
        var store = await Open();

        await store.Write("a", default, WriteCondition.IfAbsent);

        Assert.Empty((await store.Read("a"))!.Content);
        Assert.Empty((await store.ReadRange("a", 0, -1))!);
        Assert.Equal(0, (await store.Head("a"))!.Length);
    }

    [Fact]
    public async Task AnyCall_NoObject_Null()
    {
        var store = await Open();

        Assert.Null(await store.Read("a"));
        Assert.Null(await store.ReadRange("a/b/c", 0, -1));
        Assert.Null(await store.ReadRange("a", 0, 0));
        Assert.Null(await store.Head("a"));
        Assert.False(await store.Delete("a"));
    }

    [Theory]
    [InlineData(0, -1, "0123456789")]
    [InlineData(0, 10, "0123456789")]
    [InlineData(3, 4, "3456")]
    [InlineData(4, -1, "456789")]
    [InlineData(8, 10, "89")]
    [InlineData(10, 1, "")]
    [InlineData(20, 5, "")]
    [InlineData(2, 0, "")]
    public async Task ReadRange_AnyRange_TheBytesThatAreThere(long offset, long length, string expected)
    {
        var store = await Open();
        await store.Write("a", "0123456789"u8.ToArray(), WriteCondition.None);

        Assert.Equal(expected, Encoding.UTF8.GetString((await store.ReadRange("a", offset, length))!));
    }

    [Fact]
    public async Task Write_IfAbsent_OnlyTheFirst()
    {
        var store = await Open();

        Assert.NotNull(await store.Write("a", "1"u8.ToArray(), WriteCondition.IfAbsent));
        Assert.Null(await store.Write("a", "2"u8.ToArray(), WriteCondition.IfAbsent));
        Assert.Equal("1"u8.ToArray(), (await store.Read("a"))!.Content);
    }

    [Fact]
    public async Task Write_IfMatch_OnlyOnTheVersionThatWasRead()
    {
        var store = await Open();
        var first = await store.Write("a", "1"u8.ToArray(), WriteCondition.None);
        var second = await store.Write("a", "2"u8.ToArray(), WriteCondition.IfMatch(first!));

        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        Assert.Null(await store.Write("a", "3"u8.ToArray(), WriteCondition.IfMatch(first!)));
        Assert.Null(await store.Write("none", "3"u8.ToArray(), WriteCondition.IfMatch(first!)));
        Assert.Equal("2"u8.ToArray(), (await store.Read("a"))!.Content);
        Assert.Null(await store.Read("none"));
    }

    [Fact]
    public async Task Write_IfMatchAfterADeletion_NotWritten()
    {
        var store = await Open();
        var etag = await store.Write("a", "1"u8.ToArray(), WriteCondition.None);
        Assert.True(await store.Delete("a"));

        Assert.Null(await store.Write("a", "2"u8.ToArray(), WriteCondition.IfMatch(etag!)));
        Assert.NotNull(await store.Write("a", "2"u8.ToArray(), WriteCondition.IfAbsent));
    }

    [Fact]
    public async Task Write_RacingForOneName_OneWinsPerRound()
    {
        const int Writers = 8, Rounds = 5;
        var stores = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Open()));
        for (var round = 0; round < Rounds; round++)
        {
            var path = $"round/{round}";

            var written = await Task.WhenAll(stores.Select((store, i) =>
                Task.Run(() => store.Write(path, Encoding.UTF8.GetBytes($"{i}"), WriteCondition.IfAbsent))));

            var winner = Array.FindIndex(written, etag => etag is not null);
            Assert.Single(written, etag => etag is not null);
            var read = await stores[0].Read(path);
            Assert.Equal(($"{winner}", written[winner]), (Encoding.UTF8.GetString(read!.Content), read.ETag));
        }
    }

    [Fact]
    public async Task Write_RacingIncrements_NoneIsLost()
    {
        const int Writers = 6, Each = 10;
        await (await Open()).Write("count", "0"u8.ToArray(), WriteCondition.None);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            var own = await Open();
            for (var i = 0; i < Each;)
            {
                var read = (await own.Read("count"))!;
                var next = int.Parse(Encoding.UTF8.GetString(read.Content)) + 1;
                if (await own.Write("count", Encoding.UTF8.GetBytes($"{next}"), WriteCondition.IfMatch(read.ETag)) is not null)
                    i++;
            }
        })));

        Assert.Equal($"{Writers * Each}", Encoding.UTF8.GetString((await (await Open()).Read("count"))!.Content));
    }

    [Fact]
    public async Task List_AFolderAndEverything_OrdinalOrderAndNothingElse()
    {
        var store = await Open();
        foreach (var path in new[] { "f/b", "f/a/x", "f/B", "g/a", "fa", "f-b", "é" })
            await store.Write(path, "123"u8.ToArray(), WriteCondition.None);

        var found = await store.List("f").ToArrayAsync();

        Assert.Equal(["f/B", "f/a/x", "f/b"], found.Select(info => info.Path));
        Assert.All(found, info => Assert.Equal(3, info.Length));
        Assert.Equal(["f-b", "f/B", "f/a/x", "f/b", "fa", "g/a", "é"], await store.List("").Select(info => info.Path).ToArrayAsync());
        Assert.Empty(await store.List("none").ToArrayAsync());
        Assert.Empty(await store.List("fa").ToArrayAsync());
    }

    [Fact]
    public async Task List_ManyObjects_AllOfThemInOrder()
    {
        var store = await Open();
        var paths = Enumerable.Range(0, 300).Select(i => $"many/{i * 7919 % 300:000}").ToArray();
        await Parallel.ForEachAsync(paths, async (path, token) => await store.Write(path, default, WriteCondition.None, token));

        Assert.Equal(paths.Order(StringComparer.Ordinal), await store.List("many").Select(info => info.Path).ToArrayAsync());
    }

    [Fact]
    public async Task Head_AndList_TheSameVersionUntilAWrite()
    {
        var store = await Open();
        await store.Write("f/a", "1"u8.ToArray(), WriteCondition.None);
        var before = await store.Head("f/a");

        Assert.Equal(before, (await store.List("f").ToArrayAsync())[0]);
        await store.Write("f/a", "22"u8.ToArray(), WriteCondition.None);
        Assert.NotEqual(before!.Version, (await store.Head("f/a"))!.Version);
    }

    [Theory]
    [InlineData("with space/and + plus")]
    [InlineData("100%25/#hash?query&x=1")]
    [InlineData("ünï/日本/😀")]
    [InlineData("{[(~!@$^'`;,)]}")]
    [InlineData("a.b/.hidden/c..d")]
    [InlineData("UPPER/lower")]
    public async Task AnyCall_OddNames_AreJustNames(string path)
    {
        var store = await Open();

        Assert.NotNull(await store.Write(path, "odd"u8.ToArray(), WriteCondition.IfAbsent));

        Assert.Equal("odd"u8.ToArray(), (await store.Read(path))!.Content);
        Assert.Equal(path, (await store.Head(path))!.Path);
        Assert.Equal([path], await store.List("").Select(info => info.Path).ToArrayAsync());
        Assert.True(await store.Delete(path));
        Assert.Null(await store.Read(path));
    }

    [Fact]
    public async Task Write_ALargeObject_TheSameBytesBack()
    {
        var store = await Open();
        var content = new byte[(24 << 20) + 7];
        new Random(5).NextBytes(content);

        await store.Write("large", content, WriteCondition.IfAbsent);

        Assert.Equal(content, (await store.Read("large"))!.Content);
        Assert.Equal(content[^100..], await store.ReadRange("large", content.Length - 100, 1000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/./b")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("c:a")]
    [InlineData("a\nb")]
    [InlineData(".tmp/a")]
    public async Task AnyCall_PathThatCouldLeaveTheStore_Refused(string path)
    {
        var store = await Open();

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Read(path));
        Assert.Contains("is not an object path", failure.Message);
        await Assert.ThrowsAsync<StoreException>(() => store.Write(path, default, WriteCondition.None));
        await Assert.ThrowsAsync<StoreException>(() => store.ReadRange(path, 0, 0));
        await Assert.ThrowsAsync<StoreException>(() => store.Head(path));
        await Assert.ThrowsAsync<StoreException>(() => store.Delete(path));
        if (path.Length > 0)
            await Assert.ThrowsAsync<StoreException>(async () => await store.List(path).ToArrayAsync());
    }

    [Fact]
    public async Task AnyCall_Cancelled_SaysSo()
    {
        var store = await Open();
        var cancelled = new CancellationToken(canceled: true);
        await store.Write("a", "1"u8.ToArray(), WriteCondition.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Read("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Write("a", "2"u8.ToArray(), WriteCondition.None, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.List("", cancelled).ToArrayAsync(CancellationToken.None));
        Assert.Equal("1"u8.ToArray(), (await store.Read("a"))!.Content);
    }
}
