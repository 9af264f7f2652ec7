using MplugCluster.Grains.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary>What takes jobs.</summary>
static class JobServices
{
    public static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton<JobRegistry>()
        .AddSingleton<JobPictures>()
        .AddSingleton<JobCorpora>()
        .AddSingleton<RankDrafts>()
        .AddSingleton<ScoreDrafts>()
        .AddSingleton<EvaluateDrafts>()
        .AddSingleton<JobDrafts>()
        .AddSingleton<PresentDevices>()
        .AddSingleton<JobSubmission>()
        .AddSingleton<IngestCorpora>()
        .AddSingleton<IngestPreview>();
}
