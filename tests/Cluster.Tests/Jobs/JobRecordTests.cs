using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>What is kept of a job, when calls meet and the store fails in the middle of an end.</summary>
public sealed class JobRecordTests : IDisposable
{
    static readonly JobPlan Plan = new()
    {
        Id = "j",
        Kind = JobKind.Score,
        Submitted = DateTimeOffset.UnixEpoch,
        Fingerprint = "fake",
        Convention = "ms25",
        ItemsPerBlock = 2,
        PairsPerPart = 8,
        PicturesPerPart = 8,
    };

    readonly TemporaryFolder folder = new();
    readonly FaultyObjectStore store;
    readonly KeptState state = new();
    readonly JobRecord record;

    public JobRecordTests()
    {
        store = new FaultyObjectStore(new DirectoryObjectStore(folder.Path));
        record = new JobRecord("j", state, store, new NamedSilo("a"), TimeProvider.System);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task End_StateCannotBeWritten_TheMarksWaitForItAndAreSetAfterIt()
    {
        await Submit();
        state.OnWrite = () => throw new OrleansException("wrapped", new StoreException("The store is full."));
        var failure = await Assert.ThrowsAsync<StoreException>(() => record.End(JobStatus.Failed, Describe));

        Assert.Equal("The store is full.", failure.Message);
        Assert.True(record.IsUntidy);
        await Assert.ThrowsAsync<StoreException>(() => record.Tidy(Describe, default));
        Assert.Null(await store.Head(JobPaths.EndedOf("j")));
        Assert.NotNull(await store.Head(JobPaths.OpenOf("j")));

        state.OnWrite = () => { };
        await record.Tidy(Describe, default);

        Assert.Equal((JobStatus.Failed, false), (state.Written, record.IsUntidy));
        Assert.NotNull(await store.Head(JobPaths.EndedOf("j")));
        Assert.Null(await store.Head(JobPaths.OpenOf("j")));
    }

    [Fact]
    public async Task Reopen_WhileTheMarksOfAnEndAreBeingSet_ComesAfterThemAndTakesThemAway()
    {
        await Submit();
        var stop = store.StopAt(call => call is { Operation: StoreOperation.Delete, IsDone: false } && call.Path == JobPaths.OpenOf("j"));
        var end = record.End(JobStatus.Failed, Describe);
        await stop.Reached;

        var reopened = record.Reopen(default);
        Assert.False(reopened.IsCompleted);
        stop.Release();
        await end;

        Assert.True(await reopened);
        Assert.Equal((JobStatus.Running, null, JobStatus.Running), (record.State.Status, record.State.Ended, state.Written));
        Assert.NotNull(await store.Head(JobPaths.OpenOf("j")));
        Assert.Null(await store.Head(JobPaths.EndedOf("j")));
    }

    [Theory]
    [InlineData(JobStatus.Done)]
    [InlineData(JobStatus.Cancelled)]
    public async Task Reopen_EndedForGood_NothingChanges(JobStatus status)
    {
        await Submit();
        await record.End(status, Describe);

        Assert.False(await record.Reopen(default));
        Assert.Null(await store.Head(JobPaths.OpenOf("j")));
        Assert.NotNull(await store.Head(JobPaths.EndedOf("j")));
    }

    [Fact]
    public async Task Delete_StateCannotBeCleared_TheJobIsGoneAllTheSameAndTheRestFollows()
    {
        await Submit();
        state.OnWrite = () => throw new StoreException("The store is full.");
        await Assert.ThrowsAsync<StoreException>(() => record.Delete(default));

        Assert.False(await record.Find(default));
        Assert.False(await record.Delete(default));
        state.OnWrite = () => { };
        await record.DropLeftover(default);
        Assert.False(state.RecordExists);
    }

    JobDescription Describe() => new(
        "j", JobKind.Score, record.State.Status, null, null, DateTimeOffset.UnixEpoch, record.State.Ended, 1, 1, 1, 0, 1, 0, null, [], new WorkTimes(), new TierCounts(0, 0, 0));

    async Task Submit()
    {
        await store.Write(JobPaths.PlanOf("j"), JobJson.ToBytes(Plan), WriteCondition.None);
        await store.Write(JobPaths.OpenOf("j"), JobJson.ToBytes(JobKind.Score), WriteCondition.None);
        Assert.True(await record.Find(default));
        await record.Save();
    }

    /// <summary>A state that is kept in memory.</summary>
    sealed class KeptState : IPersistentState<JobState>
    {
        public JobState State { get; set; } = new();

        public string? Etag => null;

        public bool RecordExists { get; private set; }

        /// <summary>The status that was written last.</summary>
        public JobStatus? Written { get; private set; }

        public Action OnWrite { get; set; } = () => { };

        public Task WriteStateAsync()
        {
            OnWrite();
            (RecordExists, Written) = (true, State.Status);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync()
        {
            OnWrite();
            (RecordExists, Written, State) = (false, null, new JobState());
            return Task.CompletedTask;
        }

        public Task ReadStateAsync() => Task.CompletedTask;
    }
}
