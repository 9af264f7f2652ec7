using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Search;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;
using Orleans.TestingHost;

namespace MplugCluster.Cluster.Tests.Clusters;

/// <summary>A cluster of real silos in this process, on one store: some with a device, some plain.</summary>
sealed class TestCluster : IAsyncDisposable
{
    readonly TemporaryFolder folder;

    TestCluster(InProcessTestCluster cluster, TemporaryFolder folder, IObjectStore store) =>
        (Cluster, this.folder, Store) = (cluster, folder, store);

    public InProcessTestCluster Cluster { get; }

    /// <summary>Called before the silos stop, also after a failed test: lets go of what would hold them.</summary>
    public Action Releasing { get; set; } = () => { };

    public IObjectStore Store { get; }

    /// <summary>Starts silos.</summary>
    /// <param name="silos">How many at first.</param>
    /// <param name="hasDevice">Whether the silo of a name has one.</param>
    /// <param name="serve">The model of a silo.</param>
    /// <param name="around">What silos and test see instead of the store itself. Default: the store.</param>
    /// <param name="periods">How often jobs are looked at. Default: often.</param>
    /// <param name="directory">Where the store is. Default: a temporary one.</param>
    public static async Task<TestCluster> Start(
        int silos,
        Func<string, bool> hasDevice,
        Func<string, ServedModel> serve,
        Func<IObjectStore, IObjectStore>? around = null,
        JobScanPeriods? periods = null,
        string? directory = null)
    {
        var folder = new TemporaryFolder();
        directory ??= folder.Path;
        IObjectStore store = new DirectoryObjectStore(directory);
        store = around?.Invoke(store) ?? store;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((own, silo) =>
        {
            var options = new MplugOptions
            {
                Model = Repository.Scenes,
                Store = directory,
                Device = new DeviceOptions { Devices = hasDevice(own.SiloName) ? "cpu" : "none", IntraOpThreads = 1 },
                Corpora = new CorpusOptions { ItemsPerShard = 8 },
            };
            silo.AddMplug(options, serve(own.SiloName));
            silo.Services.AddSingleton(store);
            silo.Services.AddSingleton(periods ?? new JobScanPeriods(TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)));
            silo.Services.AddRequestPipelines();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var started = new TestCluster(cluster, folder, store);
        foreach (var silo in cluster.Silos)
            await started.WaitForRing(silo.Name, _ => true);
        return started;
    }

    /// <summary>A service of a silo.</summary>
    public T Get<T>(string silo) where T : notnull => Silo(silo).ServiceProvider.GetRequiredService<T>();

    public InProcessSiloHandle Silo(string name) => Cluster.Silos.First(silo => silo.Name == name);

    internal SearchPipeline SearchFrom(string silo) => Get<SearchPipeline>(silo);

    /// <summary>Waits until the silo's ring is as wanted, and holds every device that metadata speak of.</summary>
    public async Task WaitForRing(string silo, Func<DeviceRing, bool> isReady)
    {
        var source = Get<IDeviceRingSource>(silo);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var changed = source.Changed;
            if (source.Current.Devices.Count > 0 && isReady(source.Current))
                return;
            await changed.WaitAsync(limit.Token);
        }
    }

    /// <summary>Makes a corpus of pictures whose bytes are their names.</summary>
    public async Task<string[]> FillCorpus(string name, IEnumerable<string> pictures)
    {
        var corpus = Cluster.Client.GetGrain<ICorpusGrain>(name);
        Assert.Equal(CorpusStatus.Ok, (await corpus.Create(FakeModel.Fingerprint, "ms25")).Status);
        var ids = pictures.ToArray();
        foreach (var batch in ids.Chunk(5))
        {
            var items = await Task.WhenAll(batch.Select(async id =>
                new CorpusItem(id, ItemKind.Picture, await Store(id), null)));
            var reply = await corpus.Upsert(items, 60_000);
            Assert.Equal(CorpusStatus.Ok, reply.Corpus.Status);
            Assert.All(reply.Items, item => Assert.Equal("added", item.Outcome));
        }

        return ids;

        async Task<PictureReference> Store(string id) => await StorePicture(Encoding.UTF8.GetBytes(id));
    }

    /// <summary>Puts a picture where uploads go.</summary>
    public async Task<PictureReference> StorePicture(byte[] content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var reference = new PictureReference($"blobs/{hash[..2]}/{hash}", hash);
        await Store.Write(reference.Path, content, WriteCondition.None);
        return reference;
    }

    public async ValueTask DisposeAsync()
    {
        Releasing();
        await Cluster.DisposeAsync();
        folder.Dispose();
    }
}
