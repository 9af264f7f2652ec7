using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

[Collection(AzuriteServer.Collection)]
public sealed class AzureObjectStoreTests(AzuriteServer azurite) : ObjectStoreContract
{
    /// <summary>Not made beforehand: a store makes its own container.</summary>
    readonly ContainerAddress address = new($"test-{Guid.NewGuid():N}", "");

    internal override Task<IObjectStore> Open() => Task.FromResult<IObjectStore>(AzureObjectStore.OpenStore(azurite.Open(), address));

    [Fact]
    public async Task AnyCall_BelowAPrefix_SeesOnlyItsOwn()
    {
        var whole = AzureObjectStore.OpenStore(azurite.Open(), address);
        var part = AzureObjectStore.OpenStore(azurite.Open(), new ContainerAddress(address.Container, "team/a/"));
        await whole.Write("team/b/x", default, WriteCondition.None);

        await part.Write("f/x", "1"u8.ToArray(), WriteCondition.IfAbsent);

        Assert.Equal("1"u8.ToArray(), (await whole.Read("team/a/f/x"))!.Content);
        Assert.Equal(["f/x"], await part.List("").Select(info => info.Path).ToArrayAsync());
        Assert.Equal(["f/x"], await part.List("f").Select(info => info.Path).ToArrayAsync());
    }

    [Fact]
    public async Task AnyCall_MissingContainerThatIsNotMade_SaysWhich()
    {
        var store = AzureObjectStore.OpenStore(azurite.Open(), address, createsContainer: false);
        var expected = $"Azure container '{address.Container}' at http://127.0.0.1:";

        foreach (var call in new Func<Task>[]
        {
            () => store.Read("a"), () => store.Head("a"), () => store.Delete("a"), () => store.ReadRange("a", 5, 5),
            () => store.Write("a", default, WriteCondition.IfAbsent), async () => await store.List("").ToArrayAsync(),
        })
        {
            var failure = await Assert.ThrowsAsync<StoreException>(call);
            Assert.StartsWith(expected, failure.Message);
            Assert.EndsWith("there is no such container. Create it, or correct its name.", failure.Message);
        }
    }

    [Fact]
    public async Task AnyCall_WrongKey_SaysWhichSetting()
    {
        azurite.Open();
        var account = new AzureAccount(azurite.ConnectionString(Convert.ToBase64String(new byte[64])));
        var store = AzureObjectStore.OpenStore(account, address);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Write("a/b", default, WriteCondition.None));

        Assert.StartsWith($"Azure container '{address.Container}' at http://127.0.0.1:", failure.Message);
        Assert.Contains(", blob 'a/b': ", failure.Message);
        Assert.Contains("Check Mplug:Azure:ConnectionString and", failure.Message);
        Assert.Contains("access is refused (AuthorizationFailure): the key is wrong, or", failure.Message);
    }

    [Fact]
    public async Task AnyCall_NobodyListens_SaysSo()
    {
        var store = AzureObjectStore.OpenStore(AzuriteServer.NobodyThere(), address);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Read("a"));

        Assert.Contains("no connection, after several tries (Connection refused", failure.Message);
        Assert.EndsWith("Check the network and Mplug:Azure:ConnectionString.", failure.Message);
    }

    [Fact]
    public async Task AnyCall_AccountThrottles_TriesSometimesAndSaysSo()
    {
        using var busy = new RefusingServer("503 Server Busy", "ServerBusy");
        var store = AzureObjectStore.OpenStore(AzuriteServer.At(busy.Port), address);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.Write("a", default, WriteCondition.IfAbsent));

        Assert.EndsWith("blob 'a': the account is busy and refused several tries (ServerBusy). Try again later, with less at once.", failure.Message);
        Assert.Equal(4, busy.Requests);
    }

    [Theory]
    [InlineData("404 Not Found", null, "what answered there (status 404) is not Azure Blob Storage. Check Mplug:Azure:ConnectionString and what proxies stand in between.")]
    [InlineData("403 Forbidden", "AuthenticationFailed", "access is refused (AuthenticationFailed): the key or signature is wrong. Check Mplug:Azure:ConnectionString.")]
    [InlineData("409 Conflict", "ContainerBeingDeleted", "the container is being deleted. Try again in a minute, or use another name.")]
    [InlineData("400 Bad Request", "UnsupportedHeader", "the account refused (400 UnsupportedHeader): Service request failed")]
    public async Task AnyCall_AccountRefuses_SaysWhatToDo(string status, string? code, string message)
    {
        using var server = new RefusingServer(status, code);
        var store = AzureObjectStore.OpenStore(AzuriteServer.At(server.Port), address);

        foreach (var call in new Func<Task>[] { () => store.Write("a", default, WriteCondition.IfAbsent), () => store.Read("a"), () => store.Head("a") })
            Assert.EndsWith(message, (await Assert.ThrowsAsync<StoreException>(call)).Message);
    }

    [Fact]
    public async Task Write_AnswerLost_KnowsItsOwnWriteAgain()
    {
        using var proxy = azurite.Proxy();
        var store = AzureObjectStore.OpenStore(AzuriteServer.At(proxy.Port), address);
        await store.Write("warm", default, WriteCondition.IfAbsent);

        proxy.Lose(1);
        var first = await store.Write("a", "1"u8.ToArray(), WriteCondition.IfAbsent);
        proxy.Lose(1);
        var second = await store.Write("a", "2"u8.ToArray(), WriteCondition.IfMatch(first!));

        Assert.Equal(2, proxy.Lost);
        Assert.Equal(second, (await store.Read("a"))!.ETag);
        Assert.Null(await store.Write("a", "3"u8.ToArray(), WriteCondition.IfMatch(first!)));
        Assert.Equal("2"u8.ToArray(), (await store.Read("a"))!.Content);
    }

    [Fact]
    public async Task Source_AnyNames_AreRead()
    {
        var store = AzureObjectStore.OpenStore(azurite.Open(), address);
        await store.Write("a/x", "1"u8.ToArray(), WriteCondition.None);
        var source = AzureObjectStore.OpenSource(azurite.Open(), address);

        Assert.Equal("1"u8.ToArray(), await source.ReadRange("a/x", 0, -1));
        Assert.Null(await source.ReadRange("c:d", 0, -1));
        Assert.Null(source.LocalFile("a/x"));
        var failure = await Assert.ThrowsAsync<StoreException>(() => source.ReadRange("../x", 0, -1));
        Assert.Equal("'../x' is not an object path: a segment is '.' or '..'.", failure.Message);
    }
}
