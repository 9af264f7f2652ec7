using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Jobs;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>From a request to a plan in the store, once.</summary>
public sealed class JobSubmissionTests(HttpFixture fixture) : IClassFixture<HttpFixture>, IAsyncLifetime
{
    readonly FakeJobs jobs = new();
    readonly TemporaryFolder folder = new();
    JobRegistry registry = null!;
    JobSubmission submission = null!;

    public async ValueTask InitializeAsync()
    {
        if (await fixture.Client.FindCorpus("pictures") is null)
            await fixture.Client.CreateCorpus(new CorpusCreation("pictures"));

        // Jobs go into a store of their own, with the corpus's manifest in it: nobody runs them.
        var store = new DirectoryObjectStore(folder.Path);
        await foreach (var found in fixture.Services.GetRequiredService<IObjectStore>().List("corpora"))
        {
            var stored = await fixture.Services.GetRequiredService<IObjectStore>().Read(found.Path);
            await store.Write(found.Path, stored!.Content, WriteCondition.None);
        }

        registry = new JobRegistry(store, jobs.Factory, 8);
        submission = new JobSubmission(
            fixture.Services.GetRequiredService<JobDrafts>(),
            registry,
            fixture.Services.GetRequiredService<PresentDevices>(),
            new SourceCatalog(store, new SourceSettings(["/"], ["container"]), new AzureAccount("UseDevelopmentStorage=true")),
            jobs.Factory,
            fixture.Services.GetRequiredService<SiloModel>(),
            TimeProvider.System);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Submit_Rank_PlanWithQueriesPinAndParts()
    {
        var (job, isNew) = await submission.Submit(
            Rank("a star", "a cross") with { Top = 3, Candidates = 7, Filter = JsonElement.Parse("{\"tag\": 1}"), RetentionDays = 5 }, null, default);

        var plan = (await registry.Plan(job.Id, default))!;
        Assert.True(isNew);
        Assert.Equal(("pictures", "ms25", 5), (plan.Corpus, plan.Convention, plan.RetentionDays));
        Assert.Equal(new RankPlan(3, 7, "picture", "text", "{\"tag\": 1}"), plan.Rank);
        Assert.Equal((64, 64), (plan.InputHash!.Length, plan.RequestHash!.Length));
        Assert.True(int.IsPow2(plan.ItemsPerBlock) && int.IsPow2(plan.PairsPerPart) && int.IsPow2(plan.PicturesPerPart));
        Assert.NotEqual(Guid.Empty, plan.CorpusId);
    }

    [Fact]
    public async Task Submit_RankWithoutRerank_NoCandidates()
    {
        var (job, _) = await submission.Submit(Rank("x") with { Rerank = false }, null, default);

        Assert.Equal(0, (await registry.Plan(job.Id, default))!.Rank!.Candidates);
    }

    [Fact]
    public async Task Submit_SameKeySameRequest_SameJobOnce()
    {
        var first = await submission.Submit(Rank("x"), "key", default);
        var second = await submission.Submit(Rank("x") with { Confirm = true, MaxHours = 5 }, "key", default);
        var other = await submission.Submit(Rank("x"), "other key", default);

        Assert.Equal((true, false, first.Job.Id), (first.IsNew, second.IsNew, second.Job.Id));
        Assert.NotEqual(first.Job.Id, other.Job.Id);
    }

    [Fact]
    public async Task Submit_SameKeyOtherRequest_409()
    {
        var (job, _) = await submission.Submit(Rank("x"), "key", default);

        var failure = await Assert.ThrowsAsync<ProblemException>(() => submission.Submit(Rank("y"), "key", default));

        Assert.Equal((409, "urn:mplug:idempotency-key-reused"), (failure.Problem.Status, failure.Problem.Type));
        Assert.Contains($"Job '{job.Id}' was submitted with this Idempotency-Key", failure.Problem.Detail);
    }

    [Fact]
    public async Task Submit_LongerThanAllowed_422UnlessConfirmed()
    {
        await fixture.Client.Embed(new EmbeddingRequest { Input = new EmbeddingInput("a star", null) });
        var request = new JobRequest
        {
            Kind = "score",
            MaxHours = 1e-12,
            Pairs = [.. Enumerable.Range(0, 100).Select(i => new JobPairInput(JobPicture.At("folder:/data", $"{i}.png"), "a star"))],
        };

        // As long as no device has measured its work there is no estimate, and nothing to refuse by.
        if ((await submission.Estimate(request, default)).Hours is not null)
        {
            var failure = await Assert.ThrowsAsync<ProblemException>(() => submission.Submit(request, null, default));
            Assert.Equal((422, "urn:mplug:job-too-long"), (failure.Problem.Status, failure.Problem.Type));
            Assert.Contains("Set 'confirm' to start it all the same.", failure.Problem.Detail);
        }

        Assert.True((await submission.Submit(request with { Confirm = true }, null, default)).IsNew);
    }

    [Fact]
    public async Task Submit_ScorePairs_ReferencesAndErrorsInTheInput()
    {
        var (job, _) = await submission.Submit(
            new JobRequest
            {
                Kind = "score",
                MinProbability = 0.5,
                Convention = "am30",
                Pairs =
                [
                    new JobPairInput(JobPicture.At("folder:/data", "a.png"), "a star"),
                    new JobPairInput(PictureInput.OfBlob("none"), "x", "id", "b.png"),
                    new JobPairInput(PictureInput.OfData(HttpFixture.Picture(0)), "y"),
                ],
            },
            null,
            default);

        var plan = (await registry.Plan(job.Id, default))!;
        var stored = await new DirectoryObjectStore(folder.Path).Read(JobPaths.InputOf(job.Id, plan.InputHash!, 0));
        var pairs = JsonLines.Read<JobPair>(stored!.Content);
        Assert.Equal((new ScorePlan(0.5), "am30"), (plan.Score, plan.Convention));
        Assert.Equal(("1", "a.png", "folder:/data", ""), (pairs[0].Id, pairs[0].Image, pairs[0].Picture!.Source, pairs[0].Picture!.ContentHash));
        Assert.Equal(("id", "b.png", null, "invalid"), (pairs[1].Id, pairs[1].Image, pairs[1].Picture, pairs[1].Error!.Code));
        Assert.Equal((64, ""), (pairs[2].Image!.Length, pairs[2].Picture!.Source));
    }

    [Fact]
    public async Task Submit_IngestAndInputs_SourcesWithWhatFollowsFromThem()
    {
        var (ingest, _) = await submission.Submit(
            new JobRequest { Kind = "ingest", Corpus = "pictures", Source = new IngestSource("folder:/data", Path: "all.TAR"), DeleteMissing = true },
            null, default);
        var listing = new string('a', 64);
        var (uploaded, _) = await submission.Submit(
            new JobRequest { Kind = "ingest", Corpus = "pictures", Source = new IngestSource("upload:laptop", Path: listing) }, null, default);
        var (score, _) = await submission.Submit(
            new JobRequest { Kind = "score", Input = new JobInputFile("azure:container", "pairs.csv") }, null, default);
        var (evaluate, _) = await submission.Submit(
            new JobRequest { Kind = "evaluate", Input = new JobInputFile("folder:/a", "b.json", Pictures: "folder:/p"), Candidates = 5, Resamples = 0 },
            null, default);

        Assert.Equal(new IngestPlan(new SourceSpec(SourceKind.Tar, "folder:/data", "all.TAR"), true), (await registry.Plan(ingest.Id, default))!.Ingest);
        Assert.NotEqual(Guid.Empty, (await registry.Plan(ingest.Id, default))!.CorpusId);
        Assert.Equal(new IngestPlan(new SourceSpec(SourceKind.Upload, "upload:laptop", listing), false), (await registry.Plan(uploaded.Id, default))!.Ingest);
        Assert.Equal(new JobInput("azure:container", "pairs.csv", "csv", "azure:container"), (await registry.Plan(score.Id, default))!.Input);
        var plan = (await registry.Plan(evaluate.Id, default))!;
        Assert.Equal((new JobInput("folder:/a", "b.json", "json", "folder:/p"), new EvaluatePlan(5, 0)), (plan.Input, plan.Evaluate));
    }

    static JobRequest Rank(params string[] queries) => new()
    {
        Kind = "rank",
        Corpus = "pictures",
        Queries = JobQueries.Of([.. queries.Select(query => new JobQueryInput(null, query))]),
    };
}
