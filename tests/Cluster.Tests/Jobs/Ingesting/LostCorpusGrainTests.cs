using MplugCluster.Grains.Interfaces.Jobs;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Jobs.Ingesting;

/// <summary>The silo of the corpus's grain goes away while an ingest asks it.</summary>
public sealed class LostCorpusGrainTests
{
    [Theory]
    [InlineData("Find")]
    [InlineData("FindOwners")]
    [InlineData("List")]
    [InlineData("Commit")]
    [InlineData("after Commit")]
    public async Task Ingest_CorpusGrainIsLostTwice_SameBytesAsUndisturbed(string lost)
    {
        using var scenario = await JobScenario.Make(JobKind.Ingest);
        var (undisturbed, trial) = (scenario.NewStore("undisturbed"), scenario.NewStore("trial"));
        using (var process = scenario.Start(undisturbed))
            Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        using var second = scenario.Start(trial);
        var losses = 0;
        second.Corpora.OnCall = call =>
        {
            if (call == lost && Interlocked.Increment(ref losses) <= 2)
                throw losses == 1 ? new SiloUnavailableException("The silo is gone.") : new OrleansException("Forwarding failed.");
        };

        Assert.Equal(JobStatus.Done, await second.Run(scenario.Plan));
        Assert.True(losses >= 2, $"{losses} calls");
        Assert.Equal(await scenario.Outcome(undisturbed), await scenario.Outcome(trial));
    }
}
