using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs.Evaluating;

/// <summary>An evaluation has thousands of parts over one set: what they share must be read and encoded once.</summary>
public sealed class EvaluateReadsTests
{
    const int Pictures = 11;

    [Fact]
    public async Task Evaluate_ManyParts_EachSharedFileIsReadOnceForEachUse()
    {
        using var scenario = await JobScenario.Make(JobKind.Evaluate);
        var store = new FaultyObjectStore(scenario.NewStore("counted"));
        using var process = scenario.Start(store);
        var pairParts = 0;
        process.OnPart = request => pairParts += request.Stage == 3 ? 1 : 0;

        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        Assert.Equal(Pictures, pairParts);
        var reads = store.Calls.Where(call => call is { Operation: StoreOperation.Read, IsDone: false }).CountBy(call => call.Path).ToDictionary();
        var input = reads.Where(read => read.Key.Contains("/input/") && !read.Key.EndsWith("summary", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, input.Length);
        Assert.All(input, read => Assert.Equal(1, read.Value));

        // Before it ran, whether it was done; then a header and a section for each use: pictures and embeddings; of captions also
        // the header alone, for whether all have numbers; candidates for pairs and for metrics.
        foreach (var (stage, most) in new[] { (0, 5), (1, 4), (2, 5) })
        {
            var parts = reads.Where(read => read.Key.Contains($"/parts/000000/{stage}/")).ToArray();
            Assert.NotEmpty(parts);
            Assert.All(parts, read => Assert.True(read.Value <= most, $"{read.Key} was read {read.Value} times"));
        }
    }

    [Fact]
    public async Task Evaluate_SmallSet_EncodesEachCaptionOnce()
    {
        using var scenario = await JobScenario.Make(JobKind.Evaluate, captions: 30);
        using var process = scenario.Start(scenario.NewStore("shared"));

        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        Assert.Equal(30 * Pictures, process.Engines.Sum(engine => engine.Texts));
        Assert.True(process.Engines.Sum(engine => engine.Pairs) > 30 * Pictures);
    }

    [Fact]
    public async Task Evaluate_LargeSet_EncodesEachCaptionOnceToo()
    {
        const int Captions = 8_250;
        using var scenario = await JobScenario.Make(JobKind.Evaluate, Captions / Pictures);
        var store = scenario.NewStore("large");
        Assert.Equal(Captions, await EncodeAndEnd(scenario, store));

        using var process = scenario.Start(store);
        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        Assert.Equal(0, process.Engines.Sum(engine => engine.Texts));
        Assert.True(process.Engines.Sum(engine => engine.Pairs) > Captions);
        Assert.Contains("\"captions\",\"value\":7500", await scenario.Outcome(store));
    }

    [Fact]
    public async Task Evaluate_LargeSetWhoseCaptionsAnEarlierVersionEncoded_EncodesThemAgain()
    {
        const int Captions = 8_250;
        using var scenario = await JobScenario.Make(JobKind.Evaluate, Captions / Pictures);
        var store = scenario.NewStore("older");
        await EncodeAndEnd(scenario, store);

        // It wrote the embeddings alone.
        foreach (var entry in await store.List("jobs/job/parts/000000/1").ToArrayAsync())
        {
            var file = (await PartFile.Read(store, entry.Path, default))!;
            var embeddings = await file.Section(store, entry.Path, 0, default);
            await store.Write(entry.Path, PartFile.ToBytes(file.Next, file.Items, file.Failed, [embeddings]), WriteCondition.None);
        }

        using var process = scenario.Start(store);
        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        Assert.NotEqual(0, process.Engines.Sum(engine => engine.Texts));
        Assert.Contains("\"captions\",\"value\":7500", await scenario.Outcome(store));
    }

    /// <summary>Runs a job in a process that is gone, and its cache with it, before any pairs are scored.</summary>
    /// <returns>Texts that it encoded.</returns>
    static async Task<int> EncodeAndEnd(JobScenario scenario, IObjectStore store)
    {
        using var process = scenario.Start(store);
        using var stop = new CancellationTokenSource();
        process.OnPart = request =>
        {
            if (request.Stage == 2)
                stop.Cancel();
        };
        Assert.Null(await process.Run(scenario.Plan, stop.Token));
        return process.Engines.Sum(engine => engine.Texts);
    }
}
