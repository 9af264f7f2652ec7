using System.Net;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>A job's events, as they travel and as the client reads them.</summary>
public sealed class JobEventTests : IAsyncLifetime
{
    const string Id = "20260101-000000-abcdef01";
    JobDoor door = null!;

    public async ValueTask InitializeAsync() => door = await JobDoor.Open();

    public ValueTask DisposeAsync() => door.DisposeAsync();

    [Fact]
    public async Task Events_JobThatEnds_ProgressThenTheEndThenNothing()
    {
        Say(JobStatus.Done, 1);

        using var response = await door.Http.GetAsync($"/v1/jobs/{Id}/events");
        var events = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        var blocks = events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, blocks.Length);
        Assert.StartsWith("id: 2\nevent: progress\ndata: {\"id\":\"" + Id, blocks[0]);
        Assert.StartsWith("id: 3\nevent: end\ndata: {\"id\":\"" + Id, blocks[1]);
        Assert.All(blocks, block => Assert.Equal(3, block.Split('\n').Length));
    }

    [Fact]
    public async Task Watch_RunningJob_EachChangeOnceUntilItsEnd()
    {
        var seen = new List<(double Fraction, string Status)>();

        await foreach (var job in door.Client.WatchJob(Id))
        {
            seen.Add((job.Fraction, job.Status));
            if (seen.Count == 1)
                Say(JobStatus.Running, 0.5);
            else if (seen.Count == 2)
                Say(JobStatus.Failed, 0.5);
        }

        Assert.Equal([(0.25, "running"), (0.5, "running"), (0.5, "failed"), (0.5, "failed")], seen);
    }

    [Fact]
    public async Task Watch_JobThatIsDeleted_EndsAndSaysSo()
    {
        var seen = new List<string>();

        await foreach (var job in door.Client.WatchJob(Id))
        {
            seen.Add(job.Status);
            door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.NotFound, null);
        }

        Assert.Equal(["running", "deleted"], seen);
    }

    [Fact]
    public async Task Watch_StoreFailsForAWhile_GoesOn()
    {
        var seen = new List<string>();

        await foreach (var job in door.Client.WatchJob(Id))
        {
            seen.Add(job.Status);
            if (seen.Count > 1)
                continue;
            door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.StoreFailed, null, "away");
            var calls = door.Jobs.Calls.Count;
            while (door.Jobs.Calls.Count < calls + 2)
                await Task.Yield();
            Say(JobStatus.Done, 1);
        }

        Assert.Equal(["running", "done", "done"], seen);
    }

    [Theory]
    [InlineData("6", "id: 8\nevent: progress", "id: 9\nevent: end")]
    [InlineData("nonsense", "id: 2\nevent: progress", "id: 3\nevent: end")]
    [InlineData("-4", "id: 2\nevent: progress", "id: 3\nevent: end")]
    public async Task Events_AfterABreak_TheStateOfNowUnderRisingNumbers(string last, string first, string end)
    {
        Say(JobStatus.Done, 1);

        using var response = await Ask(last);
        var events = await response.Content.ReadAsStringAsync();

        Assert.StartsWith(first, events);
        Assert.Contains(end, events);
    }

    [Fact]
    public async Task Events_AfterTheEnd_204SoThatABrowserStops()
    {
        Say(JobStatus.Cancelled, 1);

        using var response = await Ask("9");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task Events_NoSuchJob_404()
    {
        door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.NotFound, null);

        var failure = await Assert.ThrowsAsync<MplugApiException>(async () => await door.Client.WatchJob(Id).ToArrayAsync());

        Assert.Equal((404, "urn:mplug:job-not-found"), (failure.Problem.Status, failure.Problem.Type));
    }

    [Fact]
    public async Task Watch_GivenUp_Ends()
    {
        using var enough = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in door.Client.WatchJob(Id, enough.Token))
                await enough.CancelAsync();
        });
    }

    async Task<HttpResponseMessage> Ask(string last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{Id}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        return await door.Http.SendAsync(request);
    }

    void Say(JobStatus status, double fraction) =>
        door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.Ok, FakeJobs.Job(Id, status: status) with { Fraction = fraction });
}
