using System.Text.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>Jobs over inputs as the world has them, from the HTTP request to the error report.</summary>
[Collection(AzuriteServer.Collection)]
public sealed class BadInputTests(AzuriteServer azurite) : IDisposable
{
    readonly TemporaryFolder store = new();
    readonly TemporaryFolder root = new();

    public void Dispose()
    {
        store.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task Ingest_OnePictureInTenUnreadable_EachInTheReportAndTheRestInTheCorpus()
    {
        await using var host = await JobHost.Open(store.Path, root.Path);
        for (var i = 0; i < 60; i++)
        {
            var sample = HttpFixture.Picture(i);
            File.WriteAllBytes(root.File($"{i:00}.jpg"), (i % 10, i / 10) switch
            {
                (3, 0) => [],
                (3, 1) => "no picture at all"u8.ToArray(),
                // A picture that is cut in its rows is used as far as it goes, as the reference does; this one has none.
                (3, _) => sample[..40],
                _ => sample,
            });
        }

        var job = await host.Ingest("c", new IngestSource($"folder:{root.Path}"));

        Assert.Equal(("done", 60L, 6L), (job.Status, job.Items!.Value, job.ItemsFailed));
        var faults = await host.Faults(job);
        Assert.Equal(["03.jpg", "13.jpg", "23.jpg", "33.jpg", "43.jpg", "53.jpg"], faults.Select(fault => fault.Item));
        Assert.All(faults, fault => Assert.Equal(fault.Item == "13.jpg" ? "unsupported" : "unreadable", fault.Code));
        Assert.All(faults, fault => Assert.True(fault.Reason.Length > 10, fault.Reason));
        Assert.Equal(6, (await host.Rows(job)).Count(row => row.Contains("\"failed\"", StringComparison.Ordinal)));
        Assert.Equal(54, (await host.Client.FindCorpus("c"))!.Pictures);
    }

    [Fact]
    public async Task Ingest_ManifestWithBrokenLinesAndRepeatedIds_FirstOnesStandAndTheRestIsReported()
    {
        await using var host = await JobHost.Open(store.Path, root.Path);
        for (var i = 0; i < 3; i++)
            File.Copy(HttpFixture.PathOf(i), root.File($"{i}.jpg"));
        await File.WriteAllTextAsync(root.File("m.jsonl"), """
            {"id": "first", "path": "0.jpg"}
            {"id": "second", "path": "1.jpg"
            {"id": "first", "path": "1.jpg"}
            {"id": "third", "path": "none.jpg"}
            {"id": "fourth", "path": "0.jpg"}
            {"id": "fifth", "path": "2.jpg", "caption": "a caption"}
            """);

        var job = await host.Ingest("c", new IngestSource($"folder:{root.Path}", Path: "m.jsonl"));

        Assert.Equal(("done", 6L, 4L), (job.Status, job.Items!.Value, job.ItemsFailed));
        Assert.Equal(
            [("m.jsonl:2", "invalid"), ("first", "duplicate_id"), ("third", "missing"), ("fourth", "duplicate_content")],
            (await host.Faults(job)).Select(fault => (fault.Item, fault.Code)));
        Assert.Equal(["fifth", "first"], await host.Client.Items("c").Select(item => item.Id).ToArrayAsync());
    }

    /// <summary>
    /// What a corpus has is the content that was hashed. As long as its features are in the store the file is not needed; when they are not, a
    /// file that is gone, or has become another, is that item's error, and the others are ranked without it.
    /// </summary>
    [Fact]
    public async Task Rank_FilesGoneSinceTheIngest_FeaturesServeThemAndWithoutThoseTheyAreErrors()
    {
        for (var i = 0; i < 12; i++)
            File.Copy(HttpFixture.PathOf(i), root.File($"{i:00}.jpg"));
        var request = new JobRequest
        {
            Kind = "rank",
            Corpus = "c",
            Queries = JobQueries.Of([new JobQueryInput("q", "a red cross")]),
            Candidates = 12,
            Top = 12,
        };
        string[] before;
        await using (var host = await JobHost.Open(store.Path, root.Path))
        {
            await host.Ingest("c", new IngestSource($"folder:{root.Path}"));
            before = await host.Rows(await host.Run(request));
            File.Delete(root.File("03.jpg"));
            File.Copy(HttpFixture.PathOf(50), root.File("07.jpg"), overwrite: true);
        }

        await using (var cold = await JobHost.Open(store.Path, root.Path))
        {
            var job = await cold.Run(request);
            Assert.Equal((0L, 12, 0), (job.ItemsFailed, job.Features.ImagesFromStore, job.Features.ImagesEncoded));
            Assert.Equal(before, await cold.Rows(job));
        }

        Directory.Delete(Path.Combine(store.Path, "features"), recursive: true);
        await using var bare = await JobHost.Open(store.Path, root.Path);
        var poorer = await bare.Run(request);

        Assert.Equal("done", poorer.Status);
        Assert.Equal([("03.jpg", "missing"), ("07.jpg", "changed")], (await bare.Faults(poorer)).Select(fault => (fault.Item, fault.Code)));
        var rows = (await bare.Rows(poorer)).Select(JsonElementOf).ToArray();
        Assert.Equal(12, rows.Length);
        Assert.Equal(
            before.Select(JsonElementOf).Select(IdOf).Where(id => id is not ("03.jpg" or "07.jpg")), rows.Take(10).Select(IdOf));
        Assert.All(rows.Skip(10), row => Assert.False(row.TryGetProperty("itm_logit", out _)));
    }

    [Fact]
    public async Task Ingest_ContainerIsMissingOrTheKeyIsWrong_FailsAtOnceAndSaysWhatToCheck()
    {
        azurite.Open();
        var right = azurite.ConnectionString("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");
        await using (var host = await JobHost.Open(store.Path, root.Path, right))
        {
            var job = await host.Ingest("c", new IngestSource("azure:nobody-made-this/x"));
            Assert.Equal("failed", job.Status);
            Assert.StartsWith("Azure container 'nobody-made-this' at http://127.0.0.1:", job.Message, StringComparison.Ordinal);
            Assert.EndsWith(": there is no such container. Create it, or correct its name.", job.Message, StringComparison.Ordinal);
        }

        await using var wrong = await JobHost.Open(store.Path, root.Path, azurite.ConnectionString(Convert.ToBase64String(new byte[64])));
        var refused = await wrong.Ingest("d", new IngestSource("azure:nobody-made-this/x"));
        Assert.Equal("failed", refused.Status);
        Assert.StartsWith("Azure container 'nobody-made-this' at http://127.0.0.1:", refused.Message, StringComparison.Ordinal);
        Assert.Matches(@": access is refused \(\w+\): the key .*Check Mplug:Azure:ConnectionString", refused.Message);
    }

    [Fact]
    public async Task Score_MinProbability_TheRowsThatReachItAndNoOthers()
    {
        await using var host = await JobHost.Open(store.Path, root.Path);
        string[] texts = ["a red cross", "a blue star above a red triangle", "a large dotted red cross above a small pink triangle"];
        JobPairInput[] pairs =
        [
            .. Enumerable.Range(0, 20).SelectMany(i => texts.Select((text, number) => new JobPairInput(
                JobPicture.At($"folder:{Repository.Pictures}", Path.GetFileName(HttpFixture.PathOf(i))), text, $"{i}/{number}"))),
        ];

        var all = (await host.Rows(await host.Run(new JobRequest { Kind = "score", Pairs = pairs }))).ToArray();
        var some = await host.Rows(await host.Run(new JobRequest { Kind = "score", Pairs = pairs, MinProbability = 0.5 }));

        Assert.Equal(60, all.Length);
        Assert.InRange(some.Length, 1, 59);
        Assert.Equal(all.Where(row => JsonElementOf(row).GetProperty("itm_probability").GetDouble() >= 0.5), some);
    }

    [Fact]
    public async Task Evaluate_TheSamples_TheReferencesMetricsToTheLastDigit()
    {
        await using var host = await JobHost.Open(store.Path, root.Path);

        var job = await host.Run(new JobRequest
        {
            Kind = "evaluate",
            Input = new JobInputFile($"folder:{Repository.Path("samples")}", "annotations.json", "json", $"folder:{Repository.Pictures}"),
            Candidates = 32,
            Resamples = 10,
        });

        Assert.Equal(("done", 0L), (job.Status, job.ItemsFailed));
        var rows = (await host.Rows(job)).Select(JsonElementOf)
            .ToDictionary(row => $"{row.GetProperty("direction").GetString()}_{row.GetProperty("metric").GetString()}", row => row.GetProperty("value").GetDouble());
        using var expected = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.Path("tests", "scenes", "expected", "metrics.json")));
        foreach (var metric in (string[])["txt_r1", "txt_r5", "txt_r10", "img_r1", "img_r5", "img_r10"])
            Assert.Equal(expected.RootElement.GetProperty("k_test_32").GetProperty(metric).GetDouble(), rows[metric]);
        Assert.Equal(expected.RootElement.GetProperty("k_test_32").GetProperty("r_mean").GetDouble(), rows["both_r_mean"]);
        Assert.Equal(expected.RootElement.GetProperty("itc_only").GetProperty("txt_r1").GetDouble(), rows["txt_itc_r1"]);
        Assert.Equal(expected.RootElement.GetProperty("itc_only").GetProperty("img_r1").GetDouble(), rows["img_itc_r1"]);
        Assert.Equal((200.0, 1000.0, 0.0), (rows["set_pictures"], rows["set_captions"], rows["set_excluded"]));
    }

    [Theory]
    [InlineData("set.jsonl", """{"image": "scene0000.png", "caption": "a"}\n{"image": "scene0001.jpg", "caption": "c"}\n{"image": "scene0000.png", "caption": "b"}""")]
    [InlineData("set.csv", "image:FILE,answer:Value\nscene0000.png,a\nscene0001.jpg,c\nscene0000.png,b\n")]
    [InlineData("set.json", """
        {"images": [{"filename": "scene0000.png", "split": "test", "sentences": [{"raw": "a"}, {"raw": "b"}]},
                    {"filename": "scene0001.jpg", "split": "test", "sentences": [{"raw": "c"}]}, {"filename": "x.png", "split": "train", "sentences": []}]}
        """)]
    public async Task Evaluate_AnyFormThatTrainingTakes_GroupsTheCaptionsOfAPicture(string name, string content)
    {
        await File.WriteAllTextAsync(root.File(name), content.Replace("\\n", "\n"));
        await using var host = await JobHost.Open(store.Path, root.Path);

        var job = await host.Run(new JobRequest
        {
            Kind = "evaluate",
            Input = new JobInputFile($"folder:{root.Path}", name, Pictures: $"folder:{Repository.Pictures}"),
            Candidates = 3,
            Resamples = 0,
        });

        Assert.Equal(("done", 0L), (job.Status, job.ItemsFailed));
        var rows = (await host.Rows(job)).Select(JsonElementOf)
            .ToDictionary(row => $"{row.GetProperty("direction").GetString()}_{row.GetProperty("metric").GetString()}", row => row.GetProperty("value").GetDouble());
        Assert.Equal((2.0, 3.0, 6.0), (rows["set_pictures"], rows["set_captions"], rows["set_pairs"]));
    }

    static JsonElement JsonElementOf(string row) => JsonElement.Parse(row);

    static string IdOf(JsonElement row) => row.GetProperty("id").GetString()!;
}
