using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Text;
using Orleans.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>
/// All of a job's machinery as one process has it, with devices and caches of its own, on a store that it may share with others; without
/// Orleans, so that it can be stopped anywhere and a second one started in milliseconds.
/// </summary>
sealed class JobProcess : IPartCaller, IDisposable
{
    const int MostStoreFailures = 20;

    readonly IObjectStore store;
    readonly ServiceProvider services;
    readonly Lane decode = new("decode", 1, 1000);
    readonly Lane scan = new("scan", 1, 1000);
    readonly Dictionary<string, DeviceSession> devices;
    readonly TemporaryFolder scratch = new();

    public JobProcess(IObjectStore store, string root, params string[] silos)
        : this(store, new SourceCatalog(store, new SourceSettings([root], []), new AzureAccount()), silos)
    {
    }

    public JobProcess(IObjectStore store, SourceCatalog sources, params string[] silos)
    {
        this.store = store;
        Corpora = new LocalCorpora(store, scratch.Path);
        Ring = new FixedRing(silos);
        Engines = [.. Ring.Current.Devices.Select(_ => new FakeEngine("cpu"))];
        devices = Ring.Current.Devices.Zip(Engines).ToDictionary(pair => pair.First.Key, pair => new DeviceSession(pair.First.Key, () => pair.Second));
        var cache = new FeatureCache(1 << 20);
        var files = new PictureFiles(sources, 1 << 20);
        var images = new ImageFeatureSource(cache, new FeatureStore(store, FakeModel.Fingerprint, 1 << 20), files, new FakePreprocessor(), decode, "codec", FakeModel.Fingerprint);
        var texts = new TextFeatureSource(cache, FakeModel.Fingerprint);
        services = new ServiceCollection()
            .AddSingleton(store)
            .AddSingleton(sources)
            .AddSingleton(new SiloModel(FakeModel.Fingerprint, TextConvention.Ms25, 4, FakeModel.Width, FakeModel.Tokenize))
            .AddSingleton(files).AddSingleton(images).AddSingleton(texts).AddSingleton(new PairScorer(images, texts))
            .AddSingleton<ICorpora>(Corpora)
            .AddPartWork(_ => scan)
            .AddSingleton(new WorkMeters(Clock))
            .BuildServiceProvider();
    }

    public LocalCorpora Corpora { get; }

    public FixedRing Ring { get; }

    /// <summary>The engines of its devices.</summary>
    public FakeEngine[] Engines { get; }

    /// <summary>The clock that work is measured by; it stands unless a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>What the parts' time went to.</summary>
    public WorkTimes Times { get; private set; } = new();

    /// <summary>Called with each part before it runs.</summary>
    public Action<PartRequest> OnPart { get; set; } = _ => { };

    /// <summary>Runs a job until it ends, as the job's grain does.</summary>
    public async Task<JobStatus?> Run(JobPlan plan, CancellationToken stop = default)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                var path = $"state/{plan.Id}";
                var stored = await store.Read(path, default);
                var state = stored is null ? new JobState() : JobJson.Read<JobState>(stored.Content);
                var etag = stored?.ETag;
                var runner = new JobRunner(plan, state, homeDied: false, Save, store, Ring, this, new HastyTime());
                var ended = await runner.Run(stop, default);
                if (ended == JobStatus.Failed)
                    throw new InvalidOperationException(state.Message);
                return ended;

                async Task Save()
                {
                    var condition = etag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(etag);
                    etag = await store.Write(path, JobJson.ToBytes(state), condition, default)
                        ?? throw new InconsistentStateException("Another process has written the state.");
                }
            }
            catch (Exception e) when (e is StoreException or InconsistentStateException && failures < MostStoreFailures)
            {
                // As the grain: the store is waited for, and one that lost the state to another comes up again at the next scan.
            }
        }
    }

    public async Task<PartLanding> Call(RingDevice device, PartRequest request, CancellationToken cancellation)
    {
        OnPart(request);
        try
        {
            var reply = await services.GetRequiredService<PartExecutor>().Run(request, devices[device.Key], cancellation);
            lock (services)
                Times += reply.Times;
            return new PartLanding(reply);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new PartLanding(null, false, "The job was stopped.");
        }
    }

    public void Dispose()
    {
        foreach (var device in devices.Values)
            device.Dispose();
        decode.Dispose();
        scan.Dispose();
        services.Dispose();
        scratch.Dispose();
    }
}
