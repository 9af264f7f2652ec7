using System.Text.Json;
using MplugCluster.Cli.Jobs;
using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Jobs.Planning;

namespace MplugCluster.Cli.Tests;

/// <summary>The verbs of jobs and corpora, against a server that answers what a test says.</summary>
public sealed class JobVerbTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    FakeServer server = null!;

    public async ValueTask InitializeAsync() => server = await FakeServer.Start();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Jobs_List_TableOrJsonAndFaultsAside()
    {
        server.On("GET /v1/jobs", new JobList([FakeServer.Job("running")], [new JobFault("job-0", "its plan is damaged")], "next"));
        server.On("GET /v1/jobs?cursor=next", new JobList([FakeServer.Job("done")], [], null));

        var table = await server.Run("jobs");
        var json = await server.Run("jobs", "list", "--limit", "1", "--json");

        Assert.Equal((0, 2), (table.Code, table.Output.Split("job-1").Length - 1));
        Assert.Contains("25 %", table.Output);
        Assert.Contains("job-0: its plan is damaged", table.Error);
        Assert.Equal("running", Assert.Single(json.Json.GetProperty("jobs").EnumerateArray()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Jobs_NoJobs_SaysSo()
    {
        server.On("GET /v1/jobs", new JobList([], [], null));

        Assert.Equal("There are no jobs.", (await server.Run("jobs")).Error.Trim());
    }

    [Fact]
    public async Task Jobs_Steering_CallsTheServerAndShowsTheJob()
    {
        server.On("GET /v1/jobs/job-1", FakeServer.Job("running"));
        server.On("DELETE /v1/jobs/job-1", "");
        foreach (var verb in new[] { "pause", "resume", "cancel" })
            server.On($"POST /v1/jobs/job-1/{verb}", FakeServer.Job("paused"));

        var show = await server.Run("jobs", "show", "job-1");
        foreach (var verb in new[] { "pause", "resume", "cancel", "delete" })
            Assert.Equal(0, (await server.Run("jobs", verb, "job-1")).Code);

        Assert.Contains("job-1  rank of c  running  25 %", show.Output);
        Assert.Contains("pairs 1/8, 12.5 items/s, 90 s left, bottleneck itm", show.Output);
        Assert.Contains("3 items, 0 failed; 1 of 2 blocks readable; 4 pictures encoded", show.Output);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public void Text_DeviceIsBusyWithOthers_SaysSo() => Assert.Equal(
        "pairs 1/8, 12.5 items/s, 90 s left, held up by other work of the device",
        JobWatch.TextOf(FakeServer.Job("running") with { Bottleneck = "queue" }));

    [Fact]
    public async Task Jobs_Unknown_MessageAndCode1()
    {
        server.On("GET /v1/jobs/job-9", new Problem("urn:mplug:job-not-found", "There is no such job", 404, "There is no job 'job-9'."));

        var run = await server.Run("jobs", "show", "job-9");

        Assert.Equal((1, "There is no job 'job-9'."), (run.Code, run.Error.Trim()));
    }

    [Theory]
    [InlineData("done", 0, 0, false, "")]
    [InlineData("done", 1, 0, false, "b.png: missing: it is gone")]
    [InlineData("done", 1, 1, true, "b.png: missing: it is gone")]
    [InlineData("done", 3, 1, false, "b.png: missing: it is gone")]
    [InlineData("failed", 0, 1, false, "Job job-1 is failed: no source")]
    [InlineData("cancelled", 0, 1, false, "Job job-1 is cancelled")]
    public async Task Jobs_Watch_CodeByHowItEnds(string status, int failed, int code, bool strict, string message)
    {
        server.On(
            "GET /v1/jobs/job-1", FakeServer.Job("running"), FakeServer.Job(status, 3, failed, message: status == "failed" ? "no source" : null));
        server.On("GET /v1/jobs/job-1/errors", "{\"item\":\"b.png\",\"code\":\"missing\",\"reason\":\"it is gone\"}\n");

        var run = await server.Run(["jobs", "watch", "job-1", .. strict ? new[] { "--strict" } : []]);

        Assert.Equal(code, run.Code);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task Jobs_WatchServerAwayForAWhile_GoesOn()
    {
        server.On(
            "GET /v1/jobs/job-1", FakeServer.Job("running"),
            new Problem("urn:mplug:unavailable", "No device can do the work", 503, "the silo is gone"), FakeServer.Job("done"));

        Assert.Equal(0, (await server.Run("jobs", "watch", "job-1")).Code);
    }

    [Fact]
    public async Task Jobs_WatchInterrupted_SaysThatTheJobGoesOn()
    {
        using var stop = new CancellationTokenSource();
        server.On("GET /v1/jobs/job-1", FakeServer.Job("running"));

        var run = CommandRun.Of(["jobs", "watch", "job-1", "--server", server.Address], stop.Token);
        while (server.Requests.Count < 2)
            await Task.Yield();
        await stop.CancelAsync();

        var ended = await run;
        Assert.Equal(130, ended.Code);
        Assert.Contains("Job job-1 goes on: 'mplug jobs watch job-1' shows it, 'mplug jobs cancel job-1' ends it.", ended.Error);
    }

    [Fact]
    public async Task Jobs_ResultsAndErrors_ToFileAndStdout()
    {
        server.On("GET /v1/jobs/job-1/results?format=trec", "q Q0 a 1 2.5 mplug\n");
        server.On("GET /v1/jobs/job-1/errors", "{\"item\":\"b.png\",\"code\":\"missing\",\"reason\":\"it is gone\"}\n");

        var results = await server.Run("jobs", "results", "job-1", "--out", folder.File("a.run"), "--json");
        var errors = await server.Run("jobs", "errors", "job-1");

        Assert.Equal((0, "trec", true), (results.Code, results.Json.GetProperty("format").GetString(), results.Json.GetProperty("complete").GetBoolean()));
        Assert.Equal("q Q0 a 1 2.5 mplug\n", File.ReadAllText(folder.File("a.run")));
        Assert.Equal("b.png: missing: it is gone", errors.Output.Trim());
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Jobs_ResultsNotAllThere_BesideTheFileThatIsThere()
    {
        File.WriteAllText(folder.File("a.csv"), "before");
        server.On("GET /v1/jobs/job-1/results?format=csv", "half of it");
        server.IsComplete = false;

        var results = await server.Run("jobs", "results", "job-1", "--out", folder.File("a.csv"));
        var first = await server.Run("jobs", "results", "job-1", "--out", folder.File("b.csv"));

        Assert.Contains($"The results so far: {folder.File("a.partial.csv")}; the job has not ended, or not well.", results.Error);
        Assert.Contains($"The results so far: {folder.File("b.csv")};", first.Error);
        Assert.Equal(["before", "half of it", "half of it"], new[] { "a.csv", "a.partial.csv", "b.csv" }.Select(name => File.ReadAllText(folder.File(name))));
    }

    [Fact]
    public async Task Jobs_ResultsRefused_FileAsItWas()
    {
        File.WriteAllText(folder.File("a.csv"), "before");

        Assert.Equal(1, (await server.Run("jobs", "results", "job-1", "--out", folder.File("a.csv"))).Code);

        Assert.Equal("before", File.ReadAllText(folder.File("a.csv")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Plan_Numbers_TableAndNotes()
    {
        server.On("POST /v1/jobs/plan", new JobEstimate
        {
            Items = 1000,
            DistinctPictures = 900,
            Pairs = 16_000,
            TextsPerPicture = 17.8,
            TokenBytes = 1_620_000_000,
            PicturesToEncode = 0,
            EncodeSeconds = 3,
            ItmSeconds = 7200,
            Hours = 2,
            MemoryBytes = 5_000_000,
            Devices = 1,
            Blocks = 1,
            Notes = ["few texts per picture"],
        });

        var run = await server.Run("plan", "c", "--queries", "1000", "--candidates", "16");
        var json = await server.Run("plan", "c", "--queries", "1000", "--json");

        Assert.Equal((0, 1000), (run.Code, json.Json.GetProperty("items").GetInt32()));
        foreach (var text in new[] { "16000", "17.8", "1.6 GB", "2 h", "5 MB" })
            Assert.Contains(text, run.Output);
        Assert.Contains("Note: few texts per picture.", run.Error);
        Assert.Contains("\"queries\":1000", server.Requests.First().Body);
        Assert.Contains("\"candidates\":16", server.Requests.First().Body);
    }

    [Fact]
    public async Task Corpora_ListShowDeleteAdopt_CallTheServer()
    {
        var corpus = new CorpusInfo("c", "f00d", "ms25", 3, 10, 2, 1);
        server.On("GET /v1/corpora", new CorpusList([corpus], [new CorpusFault("d", "damaged")], null));
        server.On("GET /v1/corpora/c", corpus);
        server.On("DELETE /v1/corpora/c", "");
        server.On("POST /v1/corpora/c/adopt", corpus);

        var list = await server.Run("corpora");
        var show = await server.Run("corpora", "show", "c", "--json");
        var missing = await server.Run("corpora", "show", "d");
        var delete = await server.Run("corpora", "delete", "c");
        var adopt = await server.Run("corpora", "adopt", "c", "--from", "e");

        Assert.Contains("f00d", list.Output);
        Assert.Contains("d: damaged", list.Error);
        Assert.Equal(10, show.Json.GetProperty("pictures").GetInt32());
        Assert.Equal((1, "There is no corpus 'd'."), (missing.Code, missing.Error.Trim()));
        Assert.Equal((0, 0), (delete.Code, adopt.Code));
        Assert.Equal("{\"from\":\"e\"}", server.Requests.Last().Body);
    }

    [Fact]
    public async Task Index_AddressOfTheServer_JobAndCorpus()
    {
        server.On("POST /v1/corpora/c/ingest", FakeServer.Job("running", kind: "ingest"));
        server.On("GET /v1/jobs/job-1", FakeServer.Job("done", kind: "ingest"));
        server.On("GET /v1/corpora/c", new CorpusInfo("c", "f", "ms25", 3, 10, 2, 1));

        var run = await server.Run("index", "folder:/data/all.tar", "--corpus", "c", "--delete-missing");
        var detached = await server.Run("index", "azure:pictures/2025", "--corpus", "c", "--detach");

        Assert.Equal((0, 0), (run.Code, detached.Code));
        Assert.Contains("Corpus 'c': 10 pictures, 2 texts; 4 pictures encoded", run.Error);
        Assert.Contains("Job job-1 goes on", detached.Error);
        var bodies = server.Requests.Where(asked => asked.Request.EndsWith("/ingest", StringComparison.Ordinal)).Select(asked => JsonElement.Parse(asked.Body)).ToArray();
        Assert.Equal(("folder:/data", "all.tar", true), Source(bodies[0]));
        Assert.Equal(("azure:pictures/2025", "", false), Source(bodies[1]));

        static (string?, string?, bool) Source(JsonElement body) => (
            body.GetProperty("source").GetProperty("address").GetString(),
            body.GetProperty("source").GetProperty("path").GetString(),
            body.GetProperty("delete_missing").GetBoolean());
    }

    [Fact]
    public async Task Index_DryRun_WhatWouldBeIndexed()
    {
        server.On("POST /v1/corpora/c/ingest", new IngestPreviewInfo(
            2, 1, new Dictionary<string, long> { [".txt"] = 3, [""] = 1 }, new Dictionary<string, long> { ["too_large"] = 1 }, ["a.png", "b.png"], ["c.txt"],
            [new ItemFault("d.png", "too_large", "9 GB")]));

        var run = await server.Run("index", "folder:/data", "--corpus", "c", "--dry-run");

        Assert.Equal(0, run.Code);
        Assert.Contains("2 pictures, 1 text would be indexed.", run.Output);
        Assert.Contains("Passed over: 3 .txt, 1 without extension", run.Output);
        Assert.Contains("d.png: too_large: 9 GB", run.Error);
        Assert.Contains("\"dry_run\":true", server.Requests.Single().Body);
    }

    [Fact]
    public async Task Rank_QueriesOverACorpus_JobAndResultFile()
    {
        File.WriteAllText(folder.File("q.jsonl"), "{\"id\":\"x\",\"text\":\"a star\"}\nno json\n\"a cross\"\n");
        server.On("GET /v1/corpora/c", new CorpusInfo("c", "f", "ms25", 3, 10, 2, 1));
        server.On("POST /v1/jobs", FakeServer.Job("running"));
        server.On("GET /v1/jobs/job-1", FakeServer.Job("done"));
        server.On("GET /v1/jobs/job-1/results?format=csv", "query,rank\r\n");

        string[] line = ["rank", "c", "--queries", folder.File("q.jsonl"), "--out", folder.File("out.csv"), "--top", "3"];
        var run = await server.Run([.. line, "--json"]);
        var strict = await server.Run([.. line, "--strict"]);

        Assert.Equal((0, 1), (run.Code, strict.Code));
        Assert.Equal((2, 1), (run.Json.GetProperty("queries").GetInt32(), run.Json.GetProperty("queries_broken").GetInt32()));
        Assert.Contains("q.jsonl:2: it is not JSON", run.Error);
        Assert.Equal("query,rank\r\n", File.ReadAllText(folder.File("out.csv")));
        var body = JsonElement.Parse(server.Requests.First(asked => asked.Request == "POST /v1/jobs").Body);
        Assert.Equal(["x", "3"], body.GetProperty("queries").EnumerateArray().Select(query => query.GetProperty("id").GetString()));
        Assert.Equal(("rank", "c", 3, "picture"), (body.GetProperty("kind").GetString(), body.GetProperty("corpus").GetString(),
            body.GetProperty("top").GetInt32(), body.GetProperty("kind_of_items").GetString()));
    }

    [Fact]
    public async Task Rank_TooLong_AsksForYes()
    {
        File.WriteAllText(folder.File("q.txt"), "a star\n");
        server.On("GET /v1/corpora/c", new CorpusInfo("c", "f", "ms25", 3, 10, 2, 1));
        server.On("POST /v1/jobs", new Problem(
            "urn:mplug:job-too-long", "The job would take too long", 422,
            "The job would take about 31 h on the devices of now (1), more than 'max_hours' 24. Set 'confirm' to start it all the same."));

        var run = await server.Run("rank", "c", "--queries", folder.File("q.txt"), "--out", folder.File("out.csv"));
        await server.Run("rank", "c", "--queries", folder.File("q.txt"), "--out", folder.File("out.csv"), "--yes");

        Assert.Equal(2, run.Code);
        Assert.Equal(
            "The job would take about 31 h on the devices of now (1), more than --max-hours 24. Say --yes to start it all the same.", run.Error.Trim());
        Assert.Contains("\"confirm\":true", server.Requests.Last().Body);
    }

    [Fact]
    public async Task Score_Csv_PicturesUploadedAndRowsOfTheJob()
    {
        File.Copy(Directory.GetFiles(Repository.Pictures)[0], folder.File("a.png"));
        File.WriteAllText(folder.File("in.csv"), "id,image,text\r\none,a.png,\"a star, red\"\r\ntwo,none.png,x\r\nthree,a.png\r\n");
        server.On("POST /v1/jobs", FakeServer.Job("running", kind: "score"));
        server.On("GET /v1/jobs/job-1", FakeServer.Job("done", 1, kind: "score"));
        server.On("GET /v1/jobs/job-1/results?format=parquet", "PAR1");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(folder.File("a.png"))));
        server.On($"HEAD /v1/blobs/{hash}", "");

        var run = await server.Run("score", "--pairs", folder.File("in.csv"), "--out", folder.File("out.parquet"), "--min-probability", "0.5", "--json");

        Assert.Equal((0, 1, 2), (run.Code, run.Json.GetProperty("scored").GetInt32(), run.Json.GetProperty("failed").GetInt32()));
        Assert.Contains("in.csv:two: missing: ", run.Error);
        Assert.Contains("in.csv:4: invalid: The row has 2 columns, the header has 3.", run.Error);
        var body = JsonElement.Parse(server.Requests.First(asked => asked.Request == "POST /v1/jobs").Body);
        var pair = body.GetProperty("pairs").EnumerateArray().Single();
        Assert.Equal(("one", "a.png", "a star, red", hash), (pair.GetProperty("id").GetString(), pair.GetProperty("name").GetString(),
            pair.GetProperty("text").GetString(), pair.GetProperty("image").GetProperty("blob").GetString()));
        Assert.Equal(0.5, body.GetProperty("min_probability").GetDouble());
    }
}
