using System.Net;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>What the endpoints of jobs make of what jobs say.</summary>
public sealed class JobEndpointTests : IAsyncLifetime
{
    const string Id = "20260101-000000-abcdef01";
    JobDoor door = null!;

    public async ValueTask InitializeAsync() => door = await JobDoor.Open();

    public ValueTask DisposeAsync() => door.DisposeAsync();

    [Fact]
    public async Task Get_RunningJob_AllOfItAndUnknownNumbersAsNull()
    {
        var job = await door.Client.Job(Id);

        Assert.Equal((Id, "rank", "running", "c", "encode"), (job.Id, job.Kind, job.Status, job.Corpus, job.Bottleneck));
        Assert.Equal((null, null, null, 0.25), (job.Items, job.Blocks, job.SecondsLeft, job.Fraction));
        Assert.Equal(("pairs", 1, 4), (job.Stages[0].Name, job.Stages[0].Done, job.Stages[0].Total));
        Assert.Equal((1, 2, 3), (job.Features.ImagesFromMemory, job.Features.ImagesFromStore, job.Features.ImagesEncoded));
        Assert.False(job.HasEnded);
    }

    [Fact]
    public async Task Steer_EveryVerb_CallsTheJob()
    {
        await door.Client.PauseJob(Id);
        await door.Client.ResumeJob(Id);
        await door.Client.CancelJob(Id);
        door.Jobs.Replies[(Id, "Delete")] = new JobReply(JobCallStatus.Ok, null);
        Assert.Equal(HttpStatusCode.NoContent, (await door.Http.DeleteAsync($"/v1/jobs/{Id}")).StatusCode);

        Assert.Equal(["Pause", "Resume", "Cancel", "Delete"], door.Jobs.Calls.Select(call => call.Split('.')[1]));
    }

    [Theory]
    [InlineData(JobCallStatus.NotFound, 404, "job-not-found", $"There is no job '{Id}'.")]
    [InlineData(JobCallStatus.Conflict, 409, "job-state", "said so")]
    [InlineData(JobCallStatus.StoreFailed, 503, "store-failed", "said so")]
    public async Task Steer_JobRefuses_ItsProblem(JobCallStatus status, int code, string type, string detail)
    {
        foreach (var call in new[] { "Describe", "Pause", "Delete" })
            door.Jobs.Replies[(Id, call)] = new JobReply(status, null, "said so");

        foreach (var act in new Func<Task>[] { () => door.Client.Job(Id), () => door.Client.PauseJob(Id), () => door.Client.DeleteJob(Id) })
        {
            var failure = await Assert.ThrowsAsync<MplugApiException>(act);
            Assert.Equal((code, $"urn:mplug:{type}", detail), (failure.Problem.Status, failure.Problem.Type, failure.Problem.Detail));
        }
    }

    [Theory]
    [InlineData("No-Job")]
    [InlineData("a.b")]
    public async Task Get_IdThatIsNone_404WithoutAskingAnyJob(string id)
    {
        var failure = await Assert.ThrowsAsync<MplugApiException>(() => door.Client.Job(id));

        Assert.Equal($"There is no job '{id}'.", failure.Problem.Detail);
        Assert.Empty(door.Jobs.Calls);
    }

    [Fact]
    public async Task List_ManyJobs_NewestFirstPageByPage()
    {
        var ids = Enumerable.Range(0, 7).Select(i => $"job-{i}").ToArray();
        foreach (var id in ids)
            await door.Write(JobPaths.IndexOf(id), "0");
        door.Jobs.Replies[("job-2", "Describe")] = new JobReply(JobCallStatus.NotFound, null);
        door.Jobs.Replies[("job-4", "Describe")] = new JobReply(JobCallStatus.StoreFailed, null, "its plan is damaged");
        var expected = (await new JobRegistry(door.Store, door.Jobs.Factory, 8).Newest(default)).Select(job => job.Id).ToArray();

        var (found, faults, cursor) = (new List<string>(), new List<string>(), (string?)null);
        do
        {
            var page = System.Text.Json.JsonSerializer.Deserialize<Gateway.Api.JobList>(
                await door.Http.GetStringAsync($"/v1/jobs?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}"), Gateway.Api.ApiJson.Options)!;
            Assert.InRange(page.Data.Count, 0, 3);
            found.AddRange(page.Data.Select(job => job.Id));
            faults.AddRange(page.Faults.Select(fault => $"{fault.Id}: {fault.Message}"));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(ids.Order(), expected.Order());
        Assert.Equal(expected.Except(["job-2", "job-4"]), found);
        Assert.Equal(["job-4: its plan is damaged"], faults);
    }

    [Fact]
    public async Task List_WrongCursor_400() => Assert.Equal(
        "'x' is not a cursor of this list; take 'next_cursor' of the page before.",
        (await Assert.ThrowsAsync<MplugApiException>(() => door.Client.Jobs("x"))).Problem.Detail);

    [Fact]
    public async Task Results_EveryFormat_UpToTheFirstMissingBlock()
    {
        await door.Write(JobPaths.RowsOf(Id, 0), "{\"query\":\"q\",\"rank\":1,\"id\":\"a\",\"itm_logit\":2.5}\n");
        await door.Write(JobPaths.RowsOf(Id, 1), "{\"query\":\"r\",\"rank\":1,\"id\":\"b\",\"itc_similarity\":0.5}\n");
        await door.Write(JobPaths.RowsOf(Id, 3), "{\"query\":\"late\",\"rank\":1,\"id\":\"b\"}\n");

        Assert.Equal(
            "query,rank,id,rank_itc,itc_similarity,itm_logit,itm_probability,text\r\nq,1,a,,,2.5,,\r\nr,1,b,,0.5,,,\r\n", await Results("csv", "text/csv"));
        Assert.Equal("q Q0 a 1 2.5 mplug\nr Q0 b 1 0.5 mplug\n", await Results("trec", "text/plain"));
        Assert.StartsWith("PAR1", await Results("parquet", "application/vnd.apache.parquet"));
        Assert.Equal(2, (await Results("jsonl", "application/x-ndjson")).Count(c => c == '\n'));
    }

    [Theory]
    [InlineData(JobStatus.Running, false)]
    [InlineData(JobStatus.Cancelled, false)]
    [InlineData(JobStatus.Done, true)]
    public async Task Results_OfAJob_SayWhetherTheyAreAll(JobStatus status, bool complete)
    {
        door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.Ok, FakeJobs.Job(Id, status: status));

        Assert.Equal(complete, await door.Client.DownloadResults(Id, "jsonl", Stream.Null));
    }

    [Theory]
    [InlineData("xml", 400, "'xml' is not a format of results; jsonl, csv, parquet, trec are.")]
    [InlineData("trec", 422, "Results of score jobs cannot be had as trec; a TREC run is a ranking.")]
    public async Task Results_WrongFormat_ItsProblem(string format, int status, string detail)
    {
        door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.Ok, FakeJobs.Job(Id, JobKind.Score));

        var failure = await Assert.ThrowsAsync<MplugApiException>(() => door.Client.DownloadResults(Id, format, Stream.Null));

        Assert.Equal((status, detail), (failure.Problem.Status, failure.Problem.Detail));
    }

    [Fact]
    public async Task Errors_OfAJob_ItemsWithReasons()
    {
        await door.Write(JobPaths.ErrorsOf(Id, 0), "{\"item\":\"a.png\",\"code\":\"missing\",\"reason\":\"it is gone\"}\n");
        await door.Write(JobPaths.ErrorsOf(Id, 1), "");
        await door.Write(JobPaths.ErrorsOf(Id, 2), "{\"item\":\"b.png\",\"code\":\"unreadable\",\"reason\":\"cut\"}\n");

        var errors = await door.Client.JobErrors(Id).ToArrayAsync();

        Assert.Equal(["a.png missing it is gone", "b.png unreadable cut"], errors.Select(error => $"{error.Item} {error.Code} {error.Reason}"));
    }

    [Fact]
    public async Task Wait_JobThatEnds_ToldOnTheWay()
    {
        var seen = new List<string>();

        var ended = await door.Client.WaitForJob(Id, job =>
        {
            seen.Add(job.Status);
            door.Jobs.Replies[(Id, "Describe")] = new JobReply(JobCallStatus.Ok, FakeJobs.Job(Id, status: JobStatus.Done));
        });

        Assert.Equal(("done", true), (ended.Status, ended.HasEnded));
        Assert.Equal(["running", "done"], seen);
    }

    async Task<string> Results(string format, string mediaType)
    {
        using var response = await door.Http.GetAsync($"/v1/jobs/{Id}/results?format={format}");
        Assert.Equal((HttpStatusCode.OK, mediaType), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        return System.Text.Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());
    }
}
