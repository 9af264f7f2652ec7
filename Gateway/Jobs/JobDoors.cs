namespace MplugCluster.Gateway.Jobs;

/// <summary>What takes jobs.</summary>
static class JobDoors
{
    public static IServiceCollection AddJobDoors(this IServiceCollection services) => services
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
