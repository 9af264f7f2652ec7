using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>What one run of a job took.</summary>
/// <param name="Pairs">Pairs it scored.</param>
/// <param name="Seconds">From its submission to its end.</param>
/// <param name="DeviceSeconds">Time that its devices computed.</param>
/// <param name="DeviceProcessorSeconds">Processor time of the processes that have devices.</param>
/// <param name="DoorProcessorSeconds">Processor time of a Gateway without one.</param>
sealed record ScalingRun(int Pairs, double Seconds, double DeviceSeconds, double DeviceProcessorSeconds, double DoorProcessorSeconds)
{
    public double PairsPerSecond => Pairs / Seconds;

    const int WarmTexts = 128;

    /// <summary>
    /// Runs a rank job of all texts over all pictures of a corpus, with nothing of them cached. Before it comes a small one with others: the programs
    /// compile themselves then, which a job of hours does not notice and one of seconds would.
    /// </summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="pictures">Its pictures.</param>
    /// <param name="texts">Texts.</param>
    /// <param name="door">The Gateway.</param>
    /// <param name="silos">The processes with devices.</param>
    public static async Task<ScalingRun> Of(string corpus, int pictures, int texts, ServerProcess door, params ServerProcess[] silos)
    {
        using var client = new MplugClient(door.Address);
        var separate = silos.Contains(door) ? null : door;
        await Rank(client, ScalingStore.Warm, ScalingStore.WarmPictures, ScalingStore.Queries(texts, WarmTexts));
        var before = (Device: await Computed(silos), Silos: silos.Sum(silo => silo.ProcessorSeconds), Door: separate?.ProcessorSeconds ?? 0);
        var job = await Rank(client, corpus, pictures, ScalingStore.Queries(0, texts));
        return new ScalingRun(
            pictures * texts,
            (job.Ended!.Value - job.Submitted).TotalSeconds,
            await Computed(silos) - before.Device,
            silos.Sum(silo => silo.ProcessorSeconds) - before.Silos,
            (separate?.ProcessorSeconds ?? 0) - before.Door);
    }

    static async Task<JobInfo> Rank(MplugClient client, string corpus, int pictures, JobQueries queries)
    {
        var job = await client.Submit(new JobRequest { Kind = "rank", Corpus = corpus, Queries = queries, Candidates = pictures });
        job = await client.WaitForJob(job.Id);
        return job is { Status: "done", ItemsFailed: 0 } && job.Features.ImagesEncoded == pictures
            ? job
            : throw new InvalidOperationException($"The job of '{corpus}' is not what was to be measured: {job}");
    }

    static async Task<double> Computed(ServerProcess[] silos) => (await Task.WhenAll(silos.Select(silo => silo.DeviceSeconds()))).Sum();
}
