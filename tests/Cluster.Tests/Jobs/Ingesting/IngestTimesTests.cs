using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs.Ingesting;

public sealed class IngestTimesTests
{
    [Fact]
    public async Task Ingest_PicturesThatWaitForTheDeviceTogether_EveryMomentCountsOnce()
    {
        using var runs = new IngestRuns();
        for (var i = 0; i < 6; i++)
            runs.Write($"{i}.png", $"picture {i}");
        runs.OnProcess = process => process.Engines[0].GivesNoEmbedding = _ =>
        {
            process.Clock.Advance(TimeSpan.FromMilliseconds(10));
            return false;
        };

        await runs.Ingest();

        // Two parts of two pictures are in flight: what each of them waits for the others must not be added.
        Assert.Equal((new WorkTimes(Encode: 60), "encode"), (runs.Times, runs.Times.Bottleneck));
    }
}
