using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Evaluating;
using MplugCluster.Grains.Jobs.Ingesting;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Jobs.Ranking;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Jobs.Scoring;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs;

/// <summary>Everything that a silo needs for jobs.</summary>
public static class JobServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, JobScanPeriods periods) => services
        .AddSingleton(periods)
        .AddSingleton<ShardFan>()
        .AddSingleton<ICorpora, GrainCorpora>()
        .AddSingleton<IPartCaller, PartCaller>()
        .AddSingleton(provider => new JobRegistry(
            provider.GetRequiredService<IObjectStore>(),
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<CorpusSettings>().ItemsPerShard))
        .AddPartWork(provider => provider.GetRequiredService<CorpusSettings>().ScanLane)
        .AddHostedService<JobScan>();

    /// <summary>What runs parts, without what finds corpora and devices.</summary>
    internal static IServiceCollection AddPartWork(this IServiceCollection services, Func<IServiceProvider, Lane> scanLane) => services
        .AddSingleton<PictureHashes>()
        .AddSingleton<PairWork>()
        .AddSingleton<InputReading>()
        .AddSingleton<CandidateSearch>().AddSingleton<RankWork>()
        .AddSingleton<ScoreWork>()
        .AddSingleton<ListingInput>().AddSingleton<ItemEncoding>().AddSingleton<BlockCommit>().AddSingleton<MissingRemoval>()
        .AddSingleton<ListingIndexes>().AddSingleton<OwnerSearch>().AddSingleton<DuplicateSearch>().AddSingleton<IngestWork>()
        .AddSingleton<EvaluationSets>().AddSingleton<CaptionFeatures>()
        .AddSingleton<SetEncoding>()
        .AddSingleton(provider => new SetCandidates(scanLane(provider), provider.GetRequiredService<EvaluationSets>()))
        .AddSingleton<SetPairs>().AddSingleton<SetMetrics>().AddSingleton<EvaluateWork>()
        .AddSingleton<JobWorks>()
        .AddSingleton(new WorkMeters())
        .AddSingleton<PartExecutor>();
}
