using MplugCluster.Gateway.Api;
using MplugCluster.Page.Tests.Gateways;

namespace MplugCluster.Page.Tests;

/// <summary>
/// A real ranking that runs as long as somebody wants to look at it: many minutes of two cores' work, in parts of a second or two. Deleted at the end.
/// </summary>
sealed class LongJob : IAsyncDisposable
{
    /// <summary>Each with all pictures of the corpus: nearly two million pairs.</summary>
    const int Queries = 30_000;

    readonly PageGateway gateway;

    LongJob(PageGateway gateway, string id) => (this.gateway, Id) = (gateway, id);

    public string Id { get; }

    /// <summary>Submits one, and waits until some of it is done.</summary>
    public static async Task<LongJob> Start(PageGateway gateway)
    {
        var submitted = await gateway.Client.Submit(new JobRequest
        {
            Kind = "rank",
            Corpus = PageGateway.Corpus,
            Queries = JobQueries.Of([.. Enumerable.Range(0, Queries).Select(i => new JobQueryInput($"q{i}", $"a red star beside {i} circles", null))]),
            Confirm = true,
        });
        var job = new LongJob(gateway, submitted.Id);
        await job.Until(now => now.ItemsPerSecond > 0);
        return job;
    }

    /// <summary>Waits for a state of it.</summary>
    public async Task Until(Func<JobInfo, bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (await gateway.Client.Job(Id, limit.Token) is var now && !isSo(now))
        {
            Assert.True(now.Status is "running" or "paused", $"The job is {now.Status}: {now.Message}");
            await Task.Delay(100, limit.Token);
        }
    }

    public async ValueTask DisposeAsync() => await gateway.Client.DeleteJob(Id);
}
