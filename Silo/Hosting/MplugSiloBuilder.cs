using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Imaging;
using MplugCluster.Silo.Health;
using MplugCluster.Silo.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace MplugCluster.Silo.Hosting;

/// <summary>Puts a silo together: the one place where options become services.</summary>
public static class MplugSiloBuilder
{
    /// <summary>Pictures that may wait for decoding, and searches for their scan.</summary>
    const int LaneCapacity = 4096;

    /// <summary>Adds everything that a silo of the cluster needs, with or without devices.</summary>
    public static ISiloBuilder AddMplug(this ISiloBuilder silo, MplugOptions options, ServedModel served)
    {
        MplugOptionsValidator.ThrowIfWrong(options);
        silo.UseSiloMetadata(SiloDevices.Metadata(options.Cluster.Host, options.Device.Names));
        silo.AddPlacementDirector<DevicePlacement, DevicePlacementDirector>();
        silo.Configure<SiloMessagingOptions>(messaging => messaging.CancelRequestOnTimeout = true);
        silo.Configure<ClusterMembershipOptions>(Liveness);
        silo.Services.AddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(options);
        silo.Services.AddSingleton(served.Model);
        var store = ObjectStores.Open(options.Store, options.Azure.Account, options.Azure.CreateContainer);
        silo.Services.AddSingleton<IObjectStore>(provider => new MeasuredObjectStore(store, provider.GetRequiredService<Instruments>()));
        silo.Services.AddSingleton(provider => new SourceCatalog(provider.GetRequiredService<IObjectStore>(), options.Sources.Settings, options.Azure.Account));
        silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => ActivatorUtilities.CreateInstance<ObjectGrainStorage>(provider));
        AddDevices(silo.Services, options, served);
        AddCorpora(silo.Services, options);
        silo.Services.AddJobs(new JobScanPeriods(TimeSpan.FromSeconds(options.Jobs.ScanSeconds), TimeSpan.FromHours(1)));
        return silo;
    }

    /// <summary>Six seconds to notice a dead silo: shorter kills healthy ones on a machine whose cores are all at work.</summary>
    static void Liveness(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }

    static void AddDevices(IServiceCollection services, MplugOptions options, ServedModel served)
    {
        services.AddSingleton(provider =>
        {
            var name = provider.GetRequiredService<ILocalSiloDetails>().Name;
            return new DeviceSessions(
                options.Device.Names.Select(device => new RingDevice(options.Cluster.Host, name, device)),
                served.StartEngine,
                provider.GetRequiredService<Instruments>(),
                provider.GetRequiredService<ILogger<DeviceSession>>());
        });
        services.AddSingleton<Instruments>();
        services.AddSingleton(new FeatureCache(options.Cache.MemoryBytes));
        services.AddSingleton<CacheWatch>();
        services.AddSingleton(provider => new FeatureStore(
            provider.GetRequiredService<IObjectStore>(),
            served.Model.Fingerprint,
            options.Cache.StoreBytes,
            provider.GetRequiredService<ILogger<FeatureStore>>()));
        services.AddSingleton(provider => new PictureFiles(provider.GetRequiredService<SourceCatalog>(), options.Pictures.MaxBytes));
        services.AddSingleton(provider => new ImageFeatureSource(
            provider.GetRequiredService<FeatureCache>(),
            provider.GetRequiredService<FeatureStore>(),
            provider.GetRequiredService<PictureFiles>(),
            served.Preprocessor,
            provider.GetRequiredKeyedService<Lane>(Lanes.Decode),
            PicturePreprocessor.CodecId,
            served.Model.Fingerprint,
            provider.GetRequiredService<Instruments>()));
        services.AddSingleton(provider => new PictureViews(
            provider.GetRequiredService<PictureFiles>(),
            new PictureThumbnails(ServedModel.Limits(options.Pictures)),
            provider.GetRequiredKeyedService<Lane>(Lanes.Decode)));
        services.AddSingleton(provider => new TextFeatureSource(
            provider.GetRequiredService<FeatureCache>(), served.Model.Fingerprint, provider.GetRequiredService<Instruments>()));
        services.AddSingleton(provider => new ImageEncoder(provider.GetRequiredService<ImageFeatureSource>(), served.Model.EmbeddingSize));
        services.AddSingleton<PairScorer>();
        services.AddSingleton<ExplanationMaker>();
        services.AddSingleton<Canary>();
        services.AddSingleton<DeviceCalls>();
        services.AddKeyedSingleton(Lanes.Decode, (_, _) => new Lane("decode", options.Device.ChosenDecodeThreads, LaneCapacity));
        services.AddKeyedSingleton(Lanes.Scan, (_, _) => new Lane("scan", threads: 1, LaneCapacity));
        services.AddSingleton<DeviceRingSource>();
        services.AddSingleton<IDeviceRingSource>(provider => provider.GetRequiredService<DeviceRingSource>());
        services.AddHostedService(provider => provider.GetRequiredService<DeviceRingSource>());
        services.AddSingleton<SiloHealth>();
        services.AddHostedService(provider => provider.GetRequiredService<SiloHealth>());
    }

    static void AddCorpora(IServiceCollection services, MplugOptions options)
    {
        services.AddSingleton(provider => new SegmentCache(provider.GetRequiredService<IObjectStore>(), options.Corpora.ChosenScratch));
        services.AddSingleton(new ScanTeam(options.Corpora.ChosenScanThreads));
        services.AddSingleton(provider => new CorpusSettings
        {
            ItemsPerShard = options.Corpora.ItemsPerShard,
            Segments = provider.GetRequiredService<SegmentCache>(),
            ScanLane = provider.GetRequiredKeyedService<Lane>(Lanes.Scan),
            ScanTeam = provider.GetRequiredService<ScanTeam>(),
            Precision = options.Corpora.ChosenPrecision,
            Budget = new EmbeddingBudget(options.Corpora.ChosenMemoryBytes),
            SegmentGrace = TimeSpan.FromSeconds(options.Corpora.SegmentGraceSeconds),
            Time = provider.GetRequiredService<TimeProvider>(),
        });
        services.AddSingleton<CorpusUpkeep>();
        services.AddSingleton<CorpusEncoder>();
    }
}
