using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>A real job, watched through the door that <c>mplug</c> itself uses.</summary>
public sealed class WatchedJobTests
{
    [Fact]
    public async Task Watch_ARealIngest_FromItsBeginningToItsEnd()
    {
        using var store = new TemporaryFolder();
        var options = new MplugOptions
        {
            Model = Repository.Scenes,
            Store = store.Path,
            Device = new DeviceOptions { IntraOpThreads = 1 },
            Sources = new SourceOptions { Roots = Repository.Path("samples") },
        };
        await using var cluster = await EmbeddedCluster.Open(options, LogLevel.Error, default);
        var job = await cluster.Client.Ingest("watched", new IngestRequest(new IngestSource($"folder:{Repository.Pictures}")));

        var seen = await cluster.Client.WatchJob(job.Id).ToArrayAsync();

        Assert.All(seen, state => Assert.Equal(job.Id, state.Id));
        Assert.Equal(("done", true), (seen[^1].Status, seen[^1].HasEnded));
        Assert.Equal(200, (await cluster.Client.FindCorpus("watched"))!.Pictures);
    }
}
