namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>
/// A cluster with a corpus that an ingest job has filled and a ranking that nothing disturbed, made once for all tests that disturb another.
/// </summary>
public sealed class UndisturbedJobs : IDisposable
{
    public const int Pictures = 2000;
    public const string Corpus = "calm";

    JobCluster? cluster;
    Task? made;

    internal ManyPictures Source { get; } = new(Pictures);

    internal Dictionary<string, byte[]> Ingested { get; private set; } = [];

    internal Dictionary<string, byte[]> Ranked { get; private set; } = [];

    internal string[] Items { get; private set; } = [];

    /// <summary>The cluster with just these device silos, whatever the last test has left.</summary>
    internal async Task<JobCluster> With(params string[] silos)
    {
        await (made ??= Make());
        await cluster!.Become(silos);
        return cluster;
    }

    public void Dispose()
    {
        cluster?.Dispose();
        Source.Dispose();
    }

    async Task Make()
    {
        cluster = await JobCluster.Start(Source.Path, "a", "b");
        Ingested = await cluster.Outcome(await cluster.Ingest(Corpus, Source), "jsonl");
        Items = await cluster.Items(Corpus);
        Ranked = await cluster.Outcome(await cluster.Rank(Corpus), JobCluster.Formats);
    }
}
