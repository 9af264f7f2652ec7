using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>The runner alone: what it sends, when, and what it makes of the answers.</summary>
public sealed class JobRunnerTests : IDisposable
{
    const int Blocks = 5;

    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;
    JobPlan plan = new()
    {
        Id = "j",
        Kind = JobKind.Rank,
        Submitted = DateTimeOffset.UnixEpoch,
        Fingerprint = "fake",
        Convention = "ms25",
        ItemsPerBlock = 2,
        PairsPerPart = 8,
        PicturesPerPart = 8,
        Rank = new RankPlan(10, 10, "picture", "text", null),
    };

    readonly JobState state = new();
    bool homeDied;

    public JobRunnerTests() => store = new DirectoryObjectStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_TwoDevices_EveryPartOnceAndFewAtATime()
    {
        await WriteInput();
        var caller = new FakePartCaller(store);

        Assert.Equal(JobStatus.Done, await Run(caller, new FixedRing("a", "b")));

        Assert.Equal(Blocks * (2 + FakePartCaller.Parts), caller.Calls.Count);
        Assert.Equal(caller.Calls.Count, caller.Calls.Select(call => call.Request with { BudgetMs = 0 }).Distinct(new ByPlace()).Count());
        Assert.InRange(caller.MostAtATime, 2, 4);
        Assert.Equal(["a", "b"], caller.Calls.Select(call => call.Silo).Distinct().Order());
        Assert.Equal(Blocks, await Rows());
        Assert.Empty(await Files(JobPaths.PartsOf("j")));
    }

    [Fact]
    public async Task Run_LastPart_GoesToADeviceThatHasNothingToDo()
    {
        await WriteInput(blocks: 1);
        var caller = new FakePartCaller(store);
        var busy = new List<string>();

        Assert.Equal(JobStatus.Done, await Run(caller, new FixedRing("a", "b"), () =>
        {
            if (state.InFlight.TryGetValue($"0/1/{FakePartCaller.Parts - 1}", out var device))
                busy.AddRange(state.InFlight.Values.Where(other => other == device));
        }));

        // Four parts: three are sent at once, and the fourth when a device has nothing left, so that it is alone there.
        Assert.Single(busy);
    }

    [Fact]
    public async Task Run_BeforeAPartIsSent_TheStateSaysWhereItGoes()
    {
        await WriteInput();
        var caller = new FakePartCaller(store);
        var saved = new HashSet<string>();
        caller.Before = request =>
        {
            lock (saved)
                Assert.Contains($"{request.Block}/{request.Stage}/{request.Part}", saved);
            return Task.CompletedTask;
        };

        await Run(caller, new FixedRing("a"), () =>
        {
            lock (saved)
                saved.UnionWith(state.InFlight.Keys);
        });

        Assert.Empty(state.InFlight);
    }

    [Fact]
    public async Task Run_AnotherWentBefore_GoesOnWhereItsFilesEnd()
    {
        await WriteInput();
        var first = new FakePartCaller(store);
        using var stop = new CancellationTokenSource();
        first.Before = request => request is { Block: 1, Stage: 1, Part: 2 } ? stop.CancelAsync() : Task.CompletedTask;
        Assert.Null(await Runner(first, new FixedRing("a")).Run(stop.Token, default));

        var second = new FakePartCaller(store);
        Assert.Equal(JobStatus.Done, await Run(second, new FixedRing("a")));

        Assert.Equal(
            Blocks * (2 + FakePartCaller.Parts), first.Calls.Concat(second.Calls).Select(call => call.Request with { BudgetMs = 0 }).Distinct(new ByPlace()).Count());
        Assert.True(first.Calls.Count + second.Calls.Count <= Blocks * (2 + FakePartCaller.Parts) + 1);
        Assert.Equal(Blocks, await Rows());
    }

    [Fact]
    public async Task Run_ItemsThatKillTheirSilo_AreFoundAndLeftOutAndAllElseIsDone()
    {
        await WriteInput();
        var caller = new FakePartCaller(store) { Killers = [(1, 2, 5), (1, 2, 0), (3, 0, 7)] };

        Assert.Equal(JobStatus.Done, await Run(caller, new FixedRing("a", "b")));

        Assert.Equal(Blocks, await Rows());
        var final = caller.Calls.Where(call => call.Request is { Stage: 1, ProbeFrom: < 0, Poisoned.Length: > 0 }).Select(call => call.Request).ToArray();
        Assert.Equal([(1, 2), (3, 0)], final.Select(request => (request.Block, request.Part)).Order());
        Assert.Equal([0, 5], final.Single(request => request.Block == 1).Poisoned.Order());
        Assert.Equal([7], final.Single(request => request.Block == 3).Poisoned);
    }

    [Fact]
    public async Task Run_SuspectedPart_IsTriedAlone()
    {
        await WriteInput();
        var caller = new FakePartCaller(store) { Killers = [(0, 1, 3)] };
        var under = 0;
        var together = 0;
        caller.Before = async request =>
        {
            var count = Interlocked.Increment(ref under);
            if (request.ProbeFrom >= 0 && count > 1)
                together++;
            await Task.Yield();
            Interlocked.Decrement(ref under);
        };

        await Run(caller, new FixedRing("a", "b"));

        Assert.Contains(caller.Calls, call => call.Request.ProbeFrom >= 0);
        Assert.Equal(0, together);
    }

    [Fact]
    public async Task Run_SilosLostForOtherReasons_NothingIsBlamed()
    {
        await WriteInput();
        var losses = 3;
        var caller = new FakePartCaller(store);
        caller.Instead = request => request is { Block: 2, Stage: 1, Part: 1 } && Interlocked.Decrement(ref losses) >= 0
            ? new PartLanding(null, DeviceLost: true, "The silo is gone.")
            : null;

        Assert.Equal(JobStatus.Done, await Run(caller, new FixedRing("a", "b")));

        Assert.DoesNotContain(caller.Calls, call => call.Request.Poisoned.Length > 0);
        Assert.Empty(state.Losses);
        Assert.Empty(state.Suspicions);
    }

    [Theory]
    [InlineData(0, "Stage 'candidates' of block 1 took its silo down 5 times.")]
    [InlineData(1, "Stage 'pairs' of block 1 took its silo down 4 times.")]
    public async Task Run_PartKillsWhateverIsLeftOut_JobFailsWithTheReason(int stage, string reason)
    {
        await WriteInput();
        var caller = new FakePartCaller(store);
        caller.Instead = request => (request.Block, request.Stage, request.Part) == (1, stage, 0)
            ? new PartLanding(null, DeviceLost: true, "The silo is gone.")
            : null;

        Assert.Equal(JobStatus.Failed, await Run(caller, new FixedRing("a", "b")));
        Assert.Equal(reason, state.Message);
        Assert.Empty(state.InFlight);
    }

    [Fact]
    public async Task Run_InputCannotBeRead_JobFailsSoon()
    {
        var caller = new FakePartCaller(store) { Instead = _ => new PartLanding(null, DeviceLost: false, "no answer") };

        Assert.Equal(JobStatus.Failed, await Run(caller, new FixedRing("a")));
        Assert.Equal("The input could not be read: no answer", state.Message);
        Assert.Equal(3, caller.Calls.Count);
    }

    [Fact]
    public async Task Run_EarlierRunnerLeftFilesOfAFinishedBlock_Removed()
    {
        await WriteInput();
        await store.Write(JobPaths.RowsOf("j", 0), "{}\n"u8.ToArray(), WriteCondition.None);
        await store.Write(JobPaths.ErrorsOf("j", 0), Array.Empty<byte>(), WriteCondition.None);
        await store.Write(JobPaths.PartOf("j", 0, 1, 0), "left"u8.ToArray(), WriteCondition.None);

        await Run(new FakePartCaller(store), new FixedRing("a"));

        Assert.Empty(await Files(JobPaths.PartsOf("j")));
    }

    [Fact]
    public async Task Run_OverloadedAndUnavailable_AreNoFaultOfThePart()
    {
        await WriteInput();
        var refusals = 6;
        var caller = new FakePartCaller(store);
        caller.Instead = request => request.Stage != 1 || Interlocked.Decrement(ref refusals) < 0 ? null
            : refusals % 2 == 0 ? FakePartCaller.Full
            : new PartLanding(null, DeviceLost: false, "no answer");

        Assert.Equal(JobStatus.Done, await Run(caller, new FixedRing("a", "b")));

        Assert.Empty(state.Losses);
        Assert.DoesNotContain(caller.Calls, call => call.Request.ProbeFrom >= 0);
    }

    [Fact]
    public async Task Run_NoDevice_SaysSoAndGoesOnWhenOneComes()
    {
        await WriteInput();
        var ring = new FixedRing();
        var runner = Runner(new FakePartCaller(store), ring, TimeProvider.System);
        var running = runner.Run(default, default);
        while (state.Message is null)
            await Task.Yield();
        Assert.Equal("It waits for a device.", state.Message);

        ring.Become("a");

        Assert.Equal(JobStatus.Done, await running);
        Assert.Null(state.Message);
    }

    [Fact]
    public async Task Run_AnotherSiloJoins_ItGetsParts()
    {
        await WriteInput();
        var ring = new FixedRing("a");
        var caller = new FakePartCaller(store);
        caller.Before = request =>
        {
            if (request.Block == 1)
                ring.Become("a", "b");
            return Task.CompletedTask;
        };

        await Run(caller, ring);

        Assert.Contains(caller.Calls, call => call.Silo == "b");
    }

    [Fact]
    public async Task Run_PartSaysTheJobCannotGoOn_FailsWithItsReason()
    {
        await WriteInput();
        var caller = new FakePartCaller(store);
        caller.Instead = request => request is { Block: 1, Stage: 0 }
            ? new PartLanding(new PartReply(new DeviceReply(CallStatus.Ok), "Corpus 'c' is gone.", 0, 0, -1, new WorkTimes(), new TierCounts(0, 0, 0)))
            : null;

        Assert.Equal(JobStatus.Failed, await Run(caller, new FixedRing("a")));
        Assert.Equal("Corpus 'c' is gone.", state.Message);
    }

    [Theory]
    [InlineData(true, new[] { "0/1/1", "0/1/2" })]
    [InlineData(false, new string[0])]
    public async Task Run_EarlierRunnerDiedWithItsSilo_ItsPartsThereHaveSeenALoss(bool died, string[] lost)
    {
        await WriteInput();
        (state.Home, homeDied) = ("a", died);
        state.InFlight["0/1/2"] = "host/a/cpu";
        state.InFlight["0/1/3"] = "host/b/cpu";
        state.InFlight["0/1/1"] = "host/a/cpu";
        var caller = new FakePartCaller(store);
        var counted = new Dictionary<string, int>();

        await Run(caller, new FixedRing("a", "b"), () =>
        {
            if (counted.Count == 0)
                counted = new(state.Losses);
        });

        Assert.Equal(lost, counted.Keys.Order());
    }

    [Fact]
    public async Task Describe_InTheMiddle_TellsWhatIsReadableAndWhatTakesTheTime()
    {
        await WriteInput();
        var caller = new FakePartCaller(store);
        JobRunner? runner = null;
        JobDescription? seen = null;
        caller.Before = request =>
        {
            if (request is { Block: 3, Stage: 1 })
                seen ??= runner!.Describe();
            return Task.CompletedTask;
        };
        runner = Runner(caller, new FixedRing("a"));

        await runner.Run(default, default);

        Assert.NotNull(seen);
        Assert.Equal(Blocks, seen.Blocks);
        Assert.InRange(seen.BlocksReadable, 1, 3);
        Assert.InRange(seen.Fraction, 0.2, 0.8);
        Assert.Equal("itm", seen.Times.Bottleneck);
        Assert.Equal(2 * Blocks, seen.Items);
        Assert.Equal(1, runner.Describe().Fraction);
    }

    Task<JobStatus?> Run(FakePartCaller caller, FixedRing ring, Action? onSave = null) => Runner(caller, ring, null, onSave).Run(default, default);

    JobRunner Runner(FakePartCaller caller, FixedRing ring, TimeProvider? time = null, Action? onSave = null) => new(
        plan,
        state,
        homeDied,
        () =>
        {
            onSave?.Invoke();
            return Task.CompletedTask;
        },
        store,
        ring,
        caller,
        time ?? new HastyTime());

    async Task WriteInput(int blocks = Blocks)
    {
        var queries = Enumerable.Range(0, blocks * plan.ItemsPerBlock).Select(i => new JobQuery($"q{i}", "text"));
        plan = plan with { InputHash = await new JobInputWriter(store, "j", plan.ItemsPerBlock).Write(new JobInputItems { Queries = [.. queries] }, default) };
    }

    async Task<int> Rows() => (await Files($"{JobPaths.FolderOf("j")}/rows")).Count;

    async Task<List<string>> Files(string under)
    {
        var files = new List<string>();
        await foreach (var file in store.List(under))
            files.Add(file.Path);
        return files;
    }

    sealed class ByPlace : IEqualityComparer<PartRequest>
    {
        public bool Equals(PartRequest? a, PartRequest? b) => (a!.Block, a.Stage, a.Part) == (b!.Block, b.Stage, b.Part);

        public int GetHashCode(PartRequest request) => (request.Block, request.Stage, request.Part).GetHashCode();
    }
}
