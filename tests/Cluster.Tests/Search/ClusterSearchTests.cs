using System.Text;
using System.Text.Json;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Grains.Placement;
using MplugCluster.Silo.Health;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Search;

/// <summary>Searches through a cluster of two device silos (Silo_0, Silo_1) and a plain one (Silo_2); more device silos may join.</summary>
public sealed class ClusterSearchTests
{
    const string Plain = "Silo_2";
    const string Query = "a red circle";

    static readonly string[] Pictures = [.. Enumerable.Range(0, 40).Select(i => $"picture {i:00}")];

    [Fact]
    public async Task Search_FromEverySilo_SameBytesAndThePlainAnswer()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);

        var answers = new List<string>();
        foreach (var silo in cluster.Cluster.Silos)
        {
            var response = await cluster.SearchFrom(silo.Name).Search("c", new SearchRequest { Text = Query, Top = 10 }, new StageTimes(), default);
            Assert.Equal((4, 4), (response.Candidates, response.Reranked));
            Assert.Equal(Expected(candidates: 4).Take(10), response.Results.Select(result => (result.Id, result.ItmLogit)));
            answers.Add(JsonSerializer.Serialize(response.Results, ApiJson.Options));
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Search_FromASiloWithoutDevices_SaysWhereTheDevicesTimeWent()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        var stages = new StageTimes();

        await cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40, Top = 40 }, stages, default);

        var spans = stages.Devices.Spans();
        Assert.True(stages.Devices.Sums()[WorkStage.Inference] > 0);
        Assert.All(spans, span => Assert.True(span.FromMs < span.ToMs && span.ToMs <= stages.Devices.NowMs));
        Assert.All(spans.Zip(spans.Skip(1)), pair => Assert.True(pair.First.ToMs <= pair.Second.FromMs));
    }

    [Fact]
    public async Task DeviceGrains_AnyCaller_LiveOnlyWhereTheirDeviceIs()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        foreach (var silo in cluster.Cluster.Silos)
        {
            await cluster.SearchFrom(silo.Name).Search("c", new SearchRequest { Text = $"{Query} {silo.Name}" }, new StageTimes(), default);
            foreach (var device in cluster.Get<IDeviceRingSource>(silo.Name).Current.Devices)
                Assert.Equal(device.Key, (await cluster.Get<IGrainFactory>(silo.Name).GetGrain<IInferenceGrain>(device.Key).Canary()).Device);
        }

        var grains = await cluster.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var placed = grains.Where(grain => grain.GrainType.Contains("InferenceGrain") || grain.GrainType.Contains("FeatureGrain")).ToArray();
        Assert.Contains(placed, grain => grain.GrainType.Contains("ImageFeatureGrain"));
        Assert.Contains(placed, grain => grain.GrainType.Contains("TextFeatureGrain"));
        Assert.Contains(placed, grain => grain.GrainType.Contains("InferenceGrain"));
        Assert.All(placed, grain => Assert.Equal(
            RingDevice.Parse(grain.GrainId.Key.ToString()!).Silo, cluster.Cluster.GetSiloForAddress(grain.SiloAddress)!.Name));
    }

    [Fact]
    public async Task DeviceGrain_KeyOfASiloWithoutDevices_FailsAtOnce()
    {
        await using var cluster = await Start(new FakeModel());
        var grain = cluster.Get<IGrainFactory>("Silo_0").GetGrain<IInferenceGrain>(new RingDevice(Environment.MachineName, Plain, "cpu").Key);

        var failure = await Assert.ThrowsAnyAsync<OrleansException>(() => grain.Status());

        Assert.Contains("has no device", failure.Message);
    }

    [Fact]
    public async Task Search_DeviceSiloKilledMidRanking_StillTheRightAnswer()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        var lost = model.Engines["Silo_1"];
        lost.Close();

        var search = cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40, Top = 40, BudgetMs = 60_000 }, new StageTimes(), default);
        await lost.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var kill = cluster.Cluster.KillSiloAsync(cluster.Silo("Silo_1"));
        await cluster.WaitForRing(Plain, ring => ring.Devices.Count == 1);
        var response = await search;
        lost.Open();
        await kill;

        Assert.Equal(Expected(candidates: 40), response.Results.Select(result => (result.Id, result.ItmLogit)));
        Assert.Equal(40, response.Reranked);
    }

    [Fact]
    public async Task Search_SiloJoins_TakesItsShare()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);

        await cluster.Cluster.StartAdditionalSiloAsync();
        await cluster.WaitForRing(Plain, ring => ring.Devices.Count == 3);
        var response = await cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40, Top = 40 }, new StageTimes(), default);

        Assert.Equal(Expected(candidates: 40), response.Results.Select(result => (result.Id, result.ItmLogit)));
        Assert.InRange(model.Engines["Silo_3"].Pairs, 1, 39);
    }

    [Fact]
    public async Task Search_OneDeviceBroken_TheOtherOneAnswers()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        model.Engines["Silo_0"].Fault = new InvalidOperationException("the fan has stopped");

        var response = await cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40, Top = 40 }, new StageTimes(), default);

        Assert.Equal(Expected(candidates: 40), response.Results.Select(result => (result.Id, result.ItmLogit)));
    }

    [Fact]
    public async Task Search_OneGpuIsLost_TheOtherOneAnswersAndItIsLeftAlone()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        var (engine, health) = (model.Engines["Silo_0"], cluster.Get<SiloHealth>("Silo_0"));
        engine.Fault = new InvalidOperationException("CUDA failure 719: unspecified launch failure ; GPU=0");
        Assert.Null(health.Death);

        for (var search = 0; search < 3; search++)
        {
            var response = await cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40, Top = 40 }, new StageTimes(), default);
            Assert.Equal(Expected(candidates: 40), response.Results.Select(result => (result.Id, result.ItmLogit)));
        }

        Assert.Equal(1, engine.Faults);
        Assert.Matches("^Device .*/Silo_0/cpu is lost until this process restarts: CUDA failure 719: ", health.Death);
        Assert.Null(cluster.Get<SiloHealth>("Silo_1").Death);
        Assert.Null(cluster.Get<SiloHealth>(Plain).Death);
    }

    [Fact]
    public async Task Search_AllDevicesFailedToStart_SaysWhy()
    {
        var model = new FakeModel { Starting = _ => throw new InvalidOperationException("libcuda.so.1 is missing") };
        await using var cluster = await Start(model);
        await cluster.Store.Write("corpora/c/manifest.json", EmptyManifest(), Grains.Storage.WriteCondition.None);

        var failure = await Assert.ThrowsAsync<ProblemException>(() =>
            cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, BudgetMs = 20_000 }, new StageTimes(), default));

        Assert.Equal(("urn:mplug:unavailable", 503), (failure.Problem.Type, failure.Problem.Status));
        Assert.Contains("libcuda.so.1 is missing", failure.Problem.Detail);
    }

    [Fact]
    public async Task Search_DevicesStuck_AnswersWithinTheBudgetAndSaysWhatIsMissing()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        model.Engines["Silo_0"].Close();

        var response = await cluster.SearchFrom(Plain).Search(
            "c", new SearchRequest { Text = Query, Candidates = 40, Top = 40, BudgetMs = 4000 }, new StageTimes(), default);

        Assert.Equal(40, response.Candidates);
        Assert.InRange(response.Reranked, 1, 39);
        Assert.Equal(40, response.Results.Count);
        Assert.Equal(response.Reranked, response.Results.TakeWhile(result => result.ItmLogit is not null).Count());
        var rest = response.Results.Where(result => result.ItmLogit is null).Select(result => result.RankItc).ToArray();
        Assert.Equal(rest.Order(), rest);
    }

    [Fact]
    public async Task Search_CallerGivesUp_TheQueueIsLeft()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        foreach (var engine in model.Engines.Values)
            engine.Close();
        using var cancellation = new CancellationTokenSource();

        var search = cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40 }, new StageTimes(), cancellation.Token);
        await model.Engines["Silo_0"].Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
        model.OpenAll();
        var again = await cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Candidates = 40, Top = 40 }, new StageTimes(), default);
        Assert.Equal(Expected(candidates: 40), again.Results.Select(result => (result.Id, result.ItmLogit)));
    }

    [Fact]
    public async Task Corpus_WhileAnUpsertWaitsForItsDevice_SearchesAndOtherUpsertsGoOn()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        await cluster.FillCorpus("c", Pictures);
        var ring = cluster.Get<IDeviceRingSource>(Plain).Current;
        var late = await cluster.StorePicture(Enumerable.Range(0, 100).Select(i => Encoding.UTF8.GetBytes($"late {i}"))
            .First(content => ring.Choose(Hash(content))!.Silo == "Silo_0"));
        var early = await cluster.StorePicture(Enumerable.Range(0, 100).Select(i => Encoding.UTF8.GetBytes($"early {i}"))
            .First(content => ring.Choose(Hash(content))!.Silo == "Silo_1"));
        model.Engines["Silo_0"].Close();
        var corpus = cluster.Cluster.Client.GetGrain<ICorpusGrain>("c");

        var waiting = corpus.Upsert([new CorpusItem("late", ItemKind.Picture, late, null)], 60_000);
        await model.Engines["Silo_0"].Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(40, (await corpus.Describe()).Corpus!.Pictures);
        var other = await corpus.Upsert([new CorpusItem("early", ItemKind.Picture, early, null)], 60_000);
        var found = await cluster.SearchFrom(Plain).Search("c", new SearchRequest { Text = Query, Rerank = false, Top = 50 }, new StageTimes(), default);

        Assert.Equal((41, 41), (other.Corpus.Corpus!.Pictures, found.Results.Count));
        Assert.False(waiting.IsCompleted);
        model.OpenAll();
        Assert.Equal(42, (await waiting).Corpus.Corpus!.Pictures);
    }

    [Fact]
    public async Task Corpus_StoreFailsInAnotherSilo_EveryCallerHearsWhy()
    {
        await using var cluster = await Start(new FakeModel());
        await cluster.Store.Write("corpora/c", "a file where a folder should be"u8.ToArray(), Grains.Storage.WriteCondition.None);

        foreach (var silo in cluster.Cluster.Silos)
        {
            var failure = await Assert.ThrowsAsync<Grains.Storage.StoreException>(() =>
                cluster.Get<IGrainFactory>(silo.Name).GetGrain<ICorpusGrain>("c").Create(FakeModel.Fingerprint, "ms25"));
            Assert.StartsWith("The store failed at 'corpora/c/manifest.json': ", failure.Message);
        }
    }

    [Fact]
    public async Task EncodePictures_LoadSharedWithACallerInAHurry_ThePatientOneGetsItsAnswer()
    {
        var model = new FakeModel();
        await using var cluster = await Start(model);
        var ring = cluster.Get<IDeviceRingSource>(Plain).Current;
        PictureReference[] pictures = [await PictureOn(0), await PictureOn(1)];
        var devices = cluster.Get<DeviceCalls>(Plain);
        model.Engines["Silo_0"].Close();
        var blocking = devices.EncodePictures(FakeModel.Fingerprint, true, [pictures[0]], Deadline.In(60_000), default);
        await model.Engines["Silo_0"].Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var hurried = devices.EncodePictures(FakeModel.Fingerprint, true, [pictures[1]], Deadline.In(300), default);
        var patient = devices.EncodePictures(FakeModel.Fingerprint, true, [pictures[1]], Deadline.In(60_000), default);
        Assert.NotEqual(CallStatus.Ok, (await hurried).Reply.Status);
        model.OpenAll();

        Assert.Equal(CallStatus.Ok, (await patient).Reply.Status);
        Assert.Equal(CallStatus.Ok, (await blocking).Reply.Status);

        async Task<PictureReference> PictureOn(int number) => await cluster.StorePicture(Enumerable.Range(0, 200)
            .Select(i => Encoding.UTF8.GetBytes($"{number} {i}")).First(content => ring.Choose(Hash(content))!.Silo == "Silo_0"));
    }

    [Fact]
    public async Task Score_AnotherFingerprint_IsRefused()
    {
        await using var cluster = await Start(new FakeModel());

        var encoded = await cluster.Get<DeviceCalls>(Plain).EncodeTexts("other", [[1, 2]], Deadline.In(10_000), default);

        Assert.Equal(CallStatus.WrongModel, encoded.Reply.Status);
        Assert.Equal("This silo serves the model fake, the request is for other.", encoded.Reply.Message);
    }

    [Fact]
    public async Task EncodePictures_SomeBad_OnlyTheseHaveErrors()
    {
        await using var cluster = await Start(new FakeModel());
        var good = await cluster.StorePicture("good"u8.ToArray());
        var damaged = await cluster.StorePicture("!bad"u8.ToArray());
        var changed = good with { ContentHash = new string('0', 64) };
        var missing = new PictureReference("blobs/00/none", new string('1', 64));

        var encoded = await cluster.Get<DeviceCalls>(Plain).EncodePictures(
            FakeModel.Fingerprint, true, [damaged, good, changed, missing], Deadline.In(30_000), default);

        Assert.Equal(CallStatus.Ok, encoded.Reply.Status);
        Assert.Equal(["unreadable", null, "changed", "missing"], encoded.Errors.Select(error => error?.Code));
        Assert.Equal(FakeModel.ImageEmbedding("good"u8), encoded.Embeddings[1]);
    }

    static async Task<TestCluster> Start(FakeModel model)
    {
        var cluster = await TestCluster.Start(3, silo => silo != Plain, model.On);
        cluster.Releasing = model.OpenAll;
        return cluster;
    }

    static string Hash(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));

    static byte[] EmptyManifest() => new Grains.Corpora.CorpusManifest(Guid.NewGuid(), FakeModel.Fingerprint, "ms25", 1, []).ToBytes();

    /// <summary>The answer by plain loops: candidates by ITC similarity, those by ITM logit, then the rest.</summary>
    static IEnumerable<(string Id, float? ItmLogit)> Expected(int candidates)
    {
        var text = FakeModel.TextEmbedding(Query);
        var byItc = Pictures
            .Select(id => (Id: id, Itc: System.Numerics.Tensors.TensorPrimitives.Dot(text, FakeModel.ImageEmbedding(Encoding.UTF8.GetBytes(id)))))
            .OrderByDescending(picture => picture.Itc).ThenBy(picture => picture.Id, StringComparer.Ordinal).Select(picture => picture.Id).ToArray();
        var reranked = byItc.Take(candidates)
            .Select(id => (Id: id, Itm: (float?)FakeModel.Logits(Encoding.UTF8.GetBytes(id), Query).Match))
            .OrderByDescending(picture => picture.Itm);
        return reranked.Concat(byItc.Skip(candidates).Select(id => (id, (float?)null)));
    }
}
