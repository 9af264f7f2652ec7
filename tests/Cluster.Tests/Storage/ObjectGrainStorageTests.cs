using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

public sealed class ObjectGrainStorageTests : IDisposable
{
    static readonly GrainId Grain = GrainId.Create("job", "17");

    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;
    readonly ObjectGrainStorage storage;

    public ObjectGrainStorageTests()
    {
        store = new DirectoryObjectStore(folder.Path);
        storage = new ObjectGrainStorage(store, new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<IActivatorProvider>());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_ThenRead_SameStateAsSnakeCaseJson()
    {
        var written = State(new Progress { PartsDone = 3, Name = "é" });
        await storage.WriteStateAsync("progress", Grain, written);

        var read = await Read();

        Assert.Equal((3, "é", true, written.ETag), (read.State!.PartsDone, read.State!.Name, read.RecordExists, read.ETag));
        var stored = await store.Read("state/progress/job/17");
        Assert.Equal("""{"parts_done":3,"name":"\u00E9"}""", Encoding.UTF8.GetString(stored!.Content));
    }

    [Fact]
    public async Task Read_NothingThere_AFreshState()
    {
        var read = State(new Progress { PartsDone = 9 });

        await storage.ReadStateAsync("progress", Grain, read);

        Assert.Equal((0, null, false), (read.State!.PartsDone, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task Write_TwoActivations_TheSecondIsInconsistent()
    {
        await storage.WriteStateAsync("progress", Grain, State(new Progress()));
        var (first, second) = (await Read(), await Read());
        first.State!.PartsDone = 1;
        second.State!.PartsDone = 2;
        await storage.WriteStateAsync("progress", Grain, first);

        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("progress", Grain, second));

        Assert.StartsWith("Another activation has written 'state/progress/job/17' meanwhile.", conflict.Message);
        Assert.Equal((first.ETag, second.ETag), (conflict.StoredEtag, conflict.CurrentEtag));
        Assert.Equal(1, (await Read()).State!.PartsDone);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("progress", Grain, State(new Progress())));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("progress", Grain, second));
        Assert.Equal(1, (await Read()).State!.PartsDone);
    }

    [Fact]
    public async Task Clear_AState_IsGoneAndCanBeWrittenAnew()
    {
        var state = State(new Progress { PartsDone = 1 });
        await storage.WriteStateAsync("progress", Grain, state);
        var stale = await Read();

        await storage.ClearStateAsync("progress", Grain, state);

        Assert.Equal((0, null, false), (state.State!.PartsDone, state.ETag, state.RecordExists));
        Assert.Empty(await store.List("").ToArrayAsync());
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("progress", Grain, stale));
        await storage.ClearStateAsync("progress", Grain, state);
        await storage.WriteStateAsync("progress", Grain, state);
        Assert.True((await Read()).RecordExists);
    }

    [Fact]
    public async Task Write_OddKeys_EachItsOwnState()
    {
        string[] keys = ["a/b", "a%2Fb", "a", "a.", ".", "..", "...", "a b", "ä", "日本", "c:\\x", "A", new string('x', 300), new string('x', 301), new string('ü', 200)];
        foreach (var (index, key) in keys.Index())
            await storage.WriteStateAsync("s/t", GrainId.Create("job", key), State(new Progress { PartsDone = index }));

        foreach (var (index, key) in keys.Index())
        {
            var read = State(new Progress());
            await storage.ReadStateAsync("s/t", GrainId.Create("job", key), read);
            Assert.Equal(index, read.State!.PartsDone);
        }

        Assert.Equal(keys.Length, (await store.List("state/s%2Ft/job").ToArrayAsync()).Length);
        Assert.NotEqual(ObjectGrainStorage.PathOf("s", GrainId.Create("a", "1")), ObjectGrainStorage.PathOf("s", GrainId.Create("b", "1")));
    }

    [Fact]
    public async Task Read_ADamagedState_NamesIt()
    {
        await store.Write("state/progress/job/17", "{"u8.ToArray(), WriteCondition.None);

        var failure = await Assert.ThrowsAsync<StoreException>(Read);

        Assert.StartsWith("The state 'state/progress/job/17' is damaged: ", failure.Message);
    }

    [Fact]
    public async Task Silo_WithoutFurtherSettings_KeepsStatesInTheStore()
    {
        await using var cluster = await TestCluster.Start(1, _ => true, new FakeModel().On);

        Assert.IsType<ObjectGrainStorage>(cluster.Get<IGrainStorage>("Silo_0"));
    }

    async Task<GrainState<Progress>> Read()
    {
        var state = State(new Progress());
        await storage.ReadStateAsync("progress", Grain, state);
        return state;
    }

    static GrainState<Progress> State(Progress progress) => new(progress);

    public sealed class Progress
    {
        public int PartsDone { get; set; }

        public string? Name { get; set; }
    }
}
