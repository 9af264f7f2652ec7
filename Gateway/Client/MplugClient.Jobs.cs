using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Jobs.Planning;

namespace MplugCluster.Gateway.Client;

// Jobs: /v1/jobs and what fills corpora.
public sealed partial class MplugClient
{
    /// <summary>How often a job that is waited for is looked at.</summary>
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a job's server may be away while somebody waits for the job.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Submits a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="idempotencyKey">With the same key the same job is submitted once, however often it is sent. Default: none.</param>
    /// <param name="cancellation">Stops the call, not the job.</param>
    public Task<JobInfo> Submit(JobRequest job, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        SendJob("v1/jobs", job, idempotencyKey, cancellation);

    /// <summary>What a job would cost; nothing is started.</summary>
    public Task<JobEstimate> Plan(JobRequest job, CancellationToken cancellation = default) =>
        Send<JobEstimate>(HttpMethod.Post, "v1/jobs/plan", job, cancellation);

    /// <summary>Starts an ingest; the corpus is made if it is not there.</summary>
    public Task<JobInfo> Ingest(string corpus, IngestRequest ingest, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        SendJob($"v1/corpora/{corpus}/ingest", ingest with { DryRun = false }, idempotencyKey, cancellation);

    /// <summary>What an ingest would find; nothing is started.</summary>
    public Task<IngestPreviewInfo> PreviewIngest(string corpus, IngestRequest ingest, CancellationToken cancellation = default) =>
        Send<IngestPreviewInfo>(HttpMethod.Post, $"v1/corpora/{corpus}/ingest", ingest with { DryRun = true }, cancellation);

    /// <summary>A job.</summary>
    public Task<JobInfo> Job(string id, CancellationToken cancellation = default) => Send<JobInfo>(HttpMethod.Get, JobPath(id), null, cancellation);

    /// <summary>A page of jobs, newest first.</summary>
    public Task<JobList> Jobs(string? cursor = null, CancellationToken cancellation = default) =>
        Send<JobList>(HttpMethod.Get, $"v1/jobs{Cursor(cursor)}", null, cancellation);

    /// <summary>Lets what is in flight end, and begins nothing new.</summary>
    public Task<JobInfo> PauseJob(string id, CancellationToken cancellation = default) =>
        Send<JobInfo>(HttpMethod.Post, $"{JobPath(id)}/pause", null, cancellation);

    /// <summary>Goes on after a pause.</summary>
    public Task<JobInfo> ResumeJob(string id, CancellationToken cancellation = default) =>
        Send<JobInfo>(HttpMethod.Post, $"{JobPath(id)}/resume", null, cancellation);

    /// <summary>Ends a job for good; its results so far stay.</summary>
    public Task<JobInfo> CancelJob(string id, CancellationToken cancellation = default) =>
        Send<JobInfo>(HttpMethod.Post, $"{JobPath(id)}/cancel", null, cancellation);

    /// <summary>Cancels a job if need be, and deletes its files.</summary>
    public Task DeleteJob(string id, CancellationToken cancellation = default) =>
        Exchange(() => new HttpRequestMessage(HttpMethod.Delete, JobPath(id)), cancellation);

    /// <summary>Waits until a job has ended. A server that cannot be reached is asked again for a minute: jobs outlive it.</summary>
    /// <param name="id">The job.</param>
    /// <param name="progress">Told how it stands, each time it is looked at, the last time too.</param>
    /// <param name="cancellation">Ends the waiting; the job goes on.</param>
    public async Task<JobInfo> WaitForJob(string id, Action<JobInfo>? progress = null, CancellationToken cancellation = default)
    {
        var answered = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var job = await Job(id, cancellation);
                answered = Stopwatch.GetTimestamp();
                progress?.Invoke(job);
                if (job.HasEnded)
                    return job;
            }
            catch (Exception e) when (e is HttpRequestException or MplugApiException { Problem.Status: 503 }
                && Stopwatch.GetElapsedTime(answered) < Patience)
            {
                // A silo or a Gateway has gone; another one, or its next start, answers soon.
            }

            await Task.Delay(Poll, cancellation);
        }
    }

    /// <summary>Writes the results that a job has by now to a stream.</summary>
    /// <param name="id">The job.</param>
    /// <param name="format"><c>jsonl</c>, <c>csv</c>, <c>parquet</c> or, for rankings, <c>trec</c>.</param>
    /// <param name="target">Gets them as they come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether that is all of them.</returns>
    public async Task<bool> DownloadResults(string id, string format, Stream target, CancellationToken cancellation = default)
    {
        using var response = await Open($"{JobPath(id)}/results?format={Uri.EscapeDataString(format)}", cancellation);
        await response.Content.CopyToAsync(target, cancellation);
        return response.Headers.TryGetValues("x-mplug-complete", out var complete) && complete.Contains("true");
    }

    /// <summary>Items of a job that failed by now.</summary>
    public async IAsyncEnumerable<ItemFault> JobErrors(string id, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var response = await Open($"{JobPath(id)}/errors", cancellation);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
            yield return JsonSerializer.Deserialize<ItemFault>(line, ApiJson.Options)!;
    }

    static string JobPath(string id) => $"v1/jobs/{Uri.EscapeDataString(id)}";

    async Task<HttpResponseMessage> Open(string path, CancellationToken cancellation)
    {
        var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Error(response, cancellation);
    }

    async Task<JobInfo> SendJob(string path, object body, string? key, CancellationToken cancellation)
    {
        var answer = await Exchange(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = JsonContent.Create(body, body.GetType(), options: ApiJson.Options),
                };
                if (key is not null)
                    request.Headers.Add("Idempotency-Key", key);
                return request;
            },
            cancellation);
        return JsonSerializer.Deserialize<JobInfo>(answer, ApiJson.Options)!;
    }
}
