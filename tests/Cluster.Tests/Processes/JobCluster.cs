using System.Net;
using System.Text.Json;
using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>A Gateway without a device and any number of device silos, as processes that find each other through Redis and share one store.</summary>
sealed class JobCluster : IDisposable
{
    /// <summary>Queries of the ranking, and pictures that each is reranked among.</summary>
    const int Queries = 240;
    const int Candidates = 64;

    const string Empty = "empty";

    public static readonly string[] Formats = ["jsonl", "csv", "parquet", "trec"];

    readonly TemporaryFolder store = new();
    readonly string roots;
    readonly (int Http, int Silo) ports = (ServerProcess.FreePort(), ServerProcess.FreePort());
    readonly Dictionary<string, (ServerProcess Process, Uri Admin)> silos = new(StringComparer.Ordinal);
    readonly HttpClient web = new();
    ServerProcess? gateway;

    JobCluster(string roots, RedisServer redis)
    {
        (this.roots, Redis) = (roots, redis);
        Client = new MplugClient(new Uri($"http://127.0.0.1:{ports.Http}"));
    }

    public RedisServer Redis { get; }

    public MplugClient Client { get; }

    public string StorePath => store.Path;

    /// <summary>Starts one.</summary>
    /// <param name="roots">Folders that sources may be in.</param>
    /// <param name="silos">Names of the device silos.</param>
    public static async Task<JobCluster> Start(string roots, params string[] silos)
    {
        var cluster = new JobCluster(roots, await RedisServer.Run());
        try
        {
            await cluster.Become(silos);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }

        return cluster;
    }

    /// <summary>Starts what does not run, kills what should not, and waits until the Gateway sees just these devices.</summary>
    public async Task Become(params string[] names)
    {
        foreach (var name in silos.Keys.Except(names).ToArray())
            KillSilo(name);
        if (gateway is null)
            StartGateway();
        foreach (var name in names.Where(name => !silos.ContainsKey(name)))
            StartSilo(name);
        foreach (var (process, admin) in silos.Values)
            await process.Until(() => IsReady(admin));
        await gateway!.Until(async () => await IsReady(Client.Address) && await DevicesIfKnown() == names.Length);
    }

    public void StartGateway() => gateway = Launch(
        "Gateway", "Device:Devices=none", $"Gateway:Url={Client.Address}", "Cluster:SiloName=door", $"Cluster:SiloPort={ports.Silo}");

    public void StartSilo(string name)
    {
        var port = ServerProcess.FreePort();
        silos[name] = (Launch("Silo", $"Cluster:SiloName={name}", $"Cluster:AdminPort={port}"), new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>kill -9.</summary>
    public void KillSilo(string name)
    {
        silos[name].Process.Dispose();
        silos.Remove(name);
    }

    /// <summary>kill -9.</summary>
    public void KillGateway()
    {
        gateway!.Dispose();
        gateway = null;
    }

    /// <summary>kill -9, and another start on what was appended.</summary>
    public Task RestartRedis()
    {
        Redis.Stop();
        return Redis.Start();
    }

    /// <summary>Waits, through everything that happens to the Gateway, until a job is as wanted; one that failed is none.</summary>
    public async Task<JobInfo> Until(string job, Func<JobInfo, bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(150));
        JobInfo? last = null;
        while (true)
        {
            try
            {
                last = await Client.Job(job, limit.Token);
                Assert.True(last.Status != "failed", $"{last.Message}\n{Log}");
                if (isSo(last))
                    return last;
                Assert.False(last.HasEnded, $"The job was {last.Status} before it was as wanted.");
            }
            catch (Exception e) when (e is HttpRequestException or MplugApiException)
            {
                // The door is being opened again, or nobody knows yet that a silo is gone.
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The job is still {last}\n{Log}");
            }

            await Task.Delay(25, CancellationToken.None);
        }
    }

    /// <summary>Waits until some of a job's parts are done, but by far not all.</summary>
    public async Task<JobInfo> Midway(string job, double from = 0.15)
    {
        var seen = await Until(job, info => info.Fraction >= from);
        Assert.True(seen.Fraction < 0.9, $"The job is too short to be disturbed: it was seen first at {seen.Fraction}.");
        return seen;
    }

    public async Task<JobInfo> Done(string job)
    {
        var done = await Until(job, info => info.HasEnded);
        Assert.Equal("done", done.Status);
        return done;
    }

    /// <summary>Waits until the store has a job's rows, with nobody to ask.</summary>
    public Task RowsWithoutGateway(string job) => silos.Values.First().Process.Until(() => Task.FromResult(
        Directory.Exists(Path.Combine(store.Path, "jobs", job, "rows"))));

    public async Task<string> Ingest(string corpus, ManyPictures pictures) =>
        (await Client.Ingest(corpus, new IngestRequest(new IngestSource(pictures.Address)))).Id;

    /// <summary>Submits the ranking that all tests compare.</summary>
    public async Task<string> Rank(string corpus) => (await Client.Submit(new JobRequest
    {
        Kind = "rank",
        Corpus = corpus,
        Queries = JobQueries.Of([.. Captions().Take(Queries).Select((caption, i) => new JobQueryInput($"q{i}", caption))]),
        Candidates = Candidates,
        Top = 20,
    })).Id;

    /// <summary>Everything that can be read of a job that is done, in every format; no item has failed.</summary>
    public async Task<Dictionary<string, byte[]>> Outcome(string job, params string[] formats)
    {
        var done = await Done(job);
        Assert.Equal((0L, 0), (done.ItemsFailed, await Client.JobErrors(job).CountAsync()));
        var outcome = new Dictionary<string, byte[]>();
        foreach (var format in formats)
        {
            using var bytes = new MemoryStream();
            Assert.True(await Client.DownloadResults(job, format, bytes));
            outcome[format] = bytes.ToArray();
        }

        return outcome;
    }

    /// <summary>The items of a corpus, as text.</summary>
    public async Task<string[]> Items(string corpus) =>
        [.. await Client.Items(corpus).Select(item => JsonSerializer.Serialize(item, ApiJson.Options)).ToArrayAsync()];

    public static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> found)
    {
        Assert.Equal(expected.Keys, found.Keys);
        foreach (var (format, bytes) in expected)
            Assert.True(bytes.AsSpan().SequenceEqual(found[format]), $"The {format} file differs from that of the undisturbed run.");
    }

    public void Dispose()
    {
        gateway?.Dispose();
        foreach (var (process, _) in silos.Values)
            process.Dispose();
        Client.Dispose();
        web.Dispose();
        Redis.Dispose();
        store.Dispose();
    }

    string Log => string.Join('\n', silos.Select(silo => $"{silo.Key}: {silo.Value.Process.Log}").Append($"door: {gateway?.Log}"));

    static IEnumerable<string> Captions()
    {
        using var annotations = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")));
        return [.. annotations.RootElement.EnumerateArray().SelectMany(entry => entry.GetProperty("caption").EnumerateArray()).Select(caption => caption.GetString()!)];
    }

    ServerProcess Launch(string program, params string[] settings) => ServerProcess.Start(
        program,
        [$"Model={Repository.Scenes}", $"Store={store.Path}", $"Sources:Roots={roots}", "Device:IntraOpThreads=1", "Jobs:ScanSeconds=2", $"Cluster:Redis={Redis.Address}", .. settings]);

    async Task<bool> IsReady(Uri url) => (await web.GetAsync(new Uri(url, "readyz"))).StatusCode == HttpStatusCode.OK;

    /// <summary>What the Gateway sees: an estimate counts them.</summary>
    async Task<int> Devices()
    {
        if (await Client.FindCorpus(Empty) is null)
            await Client.CreateCorpus(new CorpusCreation(Empty));
        return (await Client.Plan(new JobRequest { Kind = "rank", Corpus = Empty, Queries = JobQueries.Of(1) })).Devices;
    }

    /// <summary>The same; null while nobody knows yet that a silo with a grain of ours is gone, which is a 503 for some seconds.</summary>
    async Task<int?> DevicesIfKnown()
    {
        try
        {
            return await Devices();
        }
        catch (MplugApiException e) when (e.Problem.Status == 503)
        {
            return null;
        }
    }
}
