using System.Text;
using System.Text.Json;
using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>A picture vanishes and another one changes in the middle of a job: after its parts were cut, before those run that read pictures.</summary>
[Collection(AzuriteServer.Collection)]
public sealed class ChangedSourceTests(AzuriteServer azurite)
{
    [Theory]
    [InlineData(JobKind.Rank)]
    [InlineData(JobKind.Score)]
    [InlineData(JobKind.Ingest)]
    [InlineData(JobKind.Evaluate)]
    public async Task Folder_PictureVanishesAndOneChanges_BothInTheReportAndTheRestIsDone(JobKind kind)
    {
        using var scenario = await JobScenario.Make(kind);
        await Check(scenario);
    }

    [Theory]
    [InlineData(JobKind.Rank)]
    [InlineData(JobKind.Score)]
    public async Task Container_BlobVanishesAndOneChanges_BothInTheReportAndTheRestIsDone(JobKind kind)
    {
        var account = azurite.Open();
        using var scenario = await JobScenario.Make(kind, container: await azurite.Container(), account: account);
        await Check(scenario);
    }

    static async Task Check(JobScenario scenario)
    {
        var ingests = scenario.Kind == JobKind.Ingest;
        var (vanished, changed) = ingests ? ("04.png", "06.png") : ("00.png", scenario.Kind == JobKind.Rank ? "01.png" : "10.png");
        var undisturbed = scenario.NewStore("undisturbed");
        using (var first = scenario.Start(undisturbed, "a"))
            Assert.Equal(JobStatus.Done, await first.Run(scenario.Plan));

        var store = scenario.NewStore("disturbed");
        using var process = scenario.Start(store, "a");
        if (scenario.Kind == JobKind.Evaluate)
            await RunCandidates(scenario, store);
        var isDone = 0;
        process.OnPart = request =>
        {
            // An ingest reads and encodes in its first stage.
            if (request.Block < 0 || (request.Stage == 0 && !ingests) || Interlocked.Exchange(ref isDone, 1) != 0)
                return;
            scenario.ChangeSource(vanished, null).Wait();
            scenario.ChangeSource(changed, "something else").Wait();
        };

        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        var errors = await Lines(store, "errors");
        Assert.Contains(errors, line => line.Contains("\"missing\"") && line.Contains($"There is no '{vanished}' in '{scenario.Source}' any more."));
        var (rows, before) = (await Lines(store, "rows"), await Lines(undisturbed, "rows"));
        Assert.All(rows, row => JsonElement.Parse(row));
        if (ingests)
        {
            // What it found when it read is what it took.
            Assert.Contains(rows, row => row.StartsWith($"{{\"id\":\"{changed}\",\"outcome\":\"added\",\"content_hash\":\"f41f3fa6"));
        }
        else
        {
            Assert.Contains(errors, line => line.Contains("\"changed\"") && line.Contains("The picture's bytes have the SHA-256 f41f3fa6"));
        }

        switch (scenario.Kind)
        {
            case JobKind.Evaluate:
                Assert.Contains("{\"direction\":\"set\",\"metric\":\"excluded\",\"value\":3}", rows);
                Assert.Equal(before.Length, rows.Length);
                break;
            case JobKind.Rank:
                // Still as many for each query; those of other pictures have the numbers they had.
                Assert.Equal(before.Length, rows.Length);
                Assert.All(rows, row => Assert.True(
                    Numbers(row, vanished, changed) is not { } numbers || before.Select(line => Numbers(line)).Contains(numbers)
                    || !before.Any(line => Numbers(line)?.Item == numbers.Item), row));
                Assert.DoesNotContain(rows, row => row.Contains("itm_logit") && (row.Contains(vanished) || row.Contains(changed)));
                break;
            default:
                Assert.Equal(before.Where(IsOfAnother), rows.Where(IsOfAnother));
                Assert.DoesNotContain(rows, row => row.Contains(vanished) && !row.Contains("\"failed\""));
                break;
        }

        bool IsOfAnother(string row) => !row.Contains(vanished) && !row.Contains(changed);
    }

    /// <summary>A ranked row's item and numbers; null for one of some items.</summary>
    static (string Item, string? Similarity, string? Logit)? Numbers(string line, params string[] without)
    {
        var row = JsonElement.Parse(line);
        var id = row.GetProperty("id").GetString()!;
        return without.Contains(id) ? null
            : ($"{row.GetProperty("query")} {id}", row.GetProperty("itc_similarity").GetRawText(), row.TryGetProperty("itm_logit", out var logit) ? logit.GetRawText() : null);
    }

    static async Task<string[]> Lines(IObjectStore store, string what)
    {
        var lines = new List<string>();
        await foreach (var file in store.List($"jobs/job/{what}"))
            lines.AddRange(Encoding.UTF8.GetString((await store.Read(file.Path))!.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return [.. lines];
    }

    /// <summary>An evaluation has encoded its pictures before: by the time its pairs are scored, features are gone from all caches.</summary>
    static async Task RunCandidates(JobScenario scenario, IObjectStore store)
    {
        using var before = scenario.Start(store, "a");
        using var stop = new CancellationTokenSource();
        before.OnPart = request =>
        {
            if (request.Stage == 2)
                stop.Cancel();
        };
        Assert.Null(await before.Run(scenario.Plan, stop.Token));
        foreach (var file in await store.List("features").ToArrayAsync())
            await store.Delete(file.Path);
    }
}
