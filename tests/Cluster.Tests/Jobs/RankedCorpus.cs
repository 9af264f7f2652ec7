using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>A cluster with a corpus, and rankings of it that are cut into many small parts; with what plain loops say of them.</summary>
sealed class RankedCorpus(TestCluster cluster, FakeModel model) : IAsyncDisposable
{
    public const string Name = "c";
    const int Candidates = 12;
    const int Top = 5;

    static readonly string[] Pictures = [.. Enumerable.Range(0, 40).Select(i => $"picture {i:00}")];

    public TestCluster Cluster => cluster;

    public FakeModel Model => model;

    public IJobGrain Job(string id) => cluster.Get<IGrainFactory>(cluster.Cluster.Silos[^1].Name).GetGrain<IJobGrain>(id);

    /// <summary>Starts three silos: Silo_0 and Silo_1 have a device.</summary>
    public static async Task<RankedCorpus> Start(
        Func<IObjectStore, IObjectStore>? around = null, JobScanPeriods? periods = null, Func<string, bool>? hasDevice = null, string? directory = null)
    {
        var model = new FakeModel();
        var cluster = await TestCluster.Start(3, hasDevice ?? (silo => silo != "Silo_2"), model.On, around, periods, directory);
        cluster.Releasing = model.OpenAll;
        await cluster.FillCorpus(Name, Pictures);
        return new RankedCorpus(cluster, model);
    }

    /// <summary>Submits a ranking.</summary>
    public async Task<JobReply> Submit(string id, int queries, int retentionDays = 30)
    {
        var plan = new JobPlan
        {
            Id = id,
            Kind = JobKind.Rank,
            Submitted = DateTimeOffset.UnixEpoch,
            Fingerprint = FakeModel.Fingerprint,
            Convention = "ms25",
            Corpus = Name,
            ItemsPerBlock = 4,
            PairsPerPart = 8,
            PicturesPerPart = 4,
            RetentionDays = retentionDays,
            Rank = new RankPlan(Top, Candidates, "picture", "text", null),
        };
        var items = new JobInputItems { Queries = [.. Enumerable.Range(0, queries).Select(i => new JobQuery($"q{i}", TextOf(id, i)))] };
        return (await cluster.Get<JobRegistry>(cluster.Cluster.Silos[^1].Name).Submit(plan, items, default)).Reply;
    }

    /// <summary>Waits until a job is as wanted.</summary>
    public async Task<JobDescription> Until(string id, Func<JobDescription, bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if ((await Job(id).Describe(limit.Token)).Job is { } job && isSo(job))
                return job;
            await Task.Delay(20, limit.Token);
        }
    }

    public Task<JobDescription> Done(string id) => Until(id, job => job.Status == JobStatus.Done);

    /// <summary>Holds all devices and waits until one has work.</summary>
    public async Task Hold()
    {
        foreach (var engine in model.Engines.Values)
            engine.Close();
        await Held();
    }

    public Task Held() => Task.WhenAny(model.Engines.Values.Select(engine => engine.Waiting.Task)).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>A job's rows as they stand: query, rank, picture, place by ITC similarity, logit.</summary>
    public async Task<List<(string, int, string, int, float)>> Rows(string id)
    {
        var rows = new List<(string, int, string, int, float)>();
        await foreach (var block in cluster.Get<JobRegistry>(cluster.Cluster.Silos[^1].Name).Rows(id, default))
        {
            foreach (var line in Encoding.UTF8.GetString(block).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var row = JsonElement.Parse(line);
                rows.Add((
                    row.GetProperty("query").GetString()!, row.GetProperty("rank").GetInt32(), row.GetProperty("id").GetString()!,
                    row.GetProperty("rank_itc").GetInt32(), row.GetProperty("itm_logit").GetSingle()));
            }
        }

        return rows;
    }

    /// <summary>What they must be.</summary>
    public static List<(string, int, string, int, float)> Expected(string job, int queries) =>
        [.. Enumerable.Range(0, queries).SelectMany(i => Expected($"q{i}", TextOf(job, i)))];

    /// <summary>Everything of a job in the store.</summary>
    public async Task<string[]> Objects(string id)
    {
        var found = new List<string>();
        foreach (var folder in (string[])["jobs", "pins", "job-open", "job-index", "state"])
            found.AddRange(await cluster.Store.List(folder).Select(file => file.Path).Where(path => path.Contains(id, StringComparison.Ordinal)).ToArrayAsync());
        return [.. found];
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    static string TextOf(string job, int query) => $"{job} asks {query}";

    static IEnumerable<(string, int, string, int, float)> Expected(string query, string text)
    {
        var embedding = FakeModel.TextEmbedding(text);
        return Pictures
            .OrderByDescending(id => TensorPrimitives.Dot(embedding, FakeModel.ImageEmbedding(Encoding.UTF8.GetBytes(id)))).ThenBy(id => id, StringComparer.Ordinal)
            .Take(Candidates)
            .Select((id, place) => (Id: id, RankItc: place + 1, Logit: FakeModel.Logits(Encoding.UTF8.GetBytes(id), text).Match))
            .OrderByDescending(row => row.Logit).ThenBy(row => row.RankItc)
            .Take(Top)
            .Select((row, place) => (query, place + 1, row.Id, row.RankItc, row.Logit));
    }
}
