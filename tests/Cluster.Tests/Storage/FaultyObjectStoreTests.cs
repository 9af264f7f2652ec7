using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

public sealed class FaultyObjectStoreTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore inner;
    readonly FaultyObjectStore store;

    public FaultyObjectStoreTests()
    {
        inner = new DirectoryObjectStore(folder.Path);
        store = new FaultyObjectStore(inner);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task OnCall_ThrowsBeforeOrAfter_NothingDoneOrAnswerLost()
    {
        store.OnCall = call => call is { Operation: StoreOperation.Write, IsDone: false, Path: "a" } or { IsDone: true, Path: "b" }
            ? throw new StoreException("no")
            : Task.CompletedTask;

        await Assert.ThrowsAsync<StoreException>(() => store.Write("a", default, WriteCondition.None));
        await Assert.ThrowsAsync<StoreException>(() => store.Write("b", default, WriteCondition.None));

        Assert.Equal(["b"], await store.List("").Select(info => info.Path).ToArrayAsync());
        Assert.Equal(new StoreCall(StoreOperation.Write, "a", IsDone: false), store.Calls[0]);
    }

    [Fact]
    public async Task StopAt_AWrite_StandsUntilReleasedAndOthersGoOn()
    {
        var stop = store.StopAt(call => call is { Operation: StoreOperation.Write, IsDone: false });

        var stopped = store.Write("a", "old"u8.ToArray(), WriteCondition.IfAbsent);
        await stop.Reached;
        await store.Write("a", "new"u8.ToArray(), WriteCondition.IfAbsent);
        Assert.False(stopped.IsCompleted);
        stop.Release();

        Assert.Null(await stopped);
    }

    [Fact]
    public async Task HoldBack_AWrite_FailsForItsCallerAndArrivesLate()
    {
        var zombie = store.HoldBack(call => call.Path == "a");

        await Assert.ThrowsAsync<StoreException>(() => store.Write("a", "zombie"u8.ToArray(), WriteCondition.IfAbsent));
        Assert.Null(await inner.Read("a"));
        Assert.NotNull(await zombie.Arrive());

        Assert.Equal("zombie"u8.ToArray(), (await store.Read("a"))!.Content);
    }
}
