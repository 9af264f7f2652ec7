using System.Globalization;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary><c>/v1/jobs</c>: list, get, pause, resume, cancel, delete.</summary>
static class JobEndpoints
{
    const int UsualPage = 50, MaxPage = 100, MaxIdLength = 64;

    public static IEndpointRouteBuilder MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs", List);
        routes.MapGet("/jobs/{id}", (string id, IGrainFactory grains, CancellationToken cancellation) =>
            Call(id, grains, job => job.Describe(cancellation)));
        routes.MapPost("/jobs/{id}/pause", (string id, IGrainFactory grains, CancellationToken cancellation) =>
            Call(id, grains, job => job.Pause(cancellation)));
        routes.MapPost("/jobs/{id}/resume", (string id, IGrainFactory grains, CancellationToken cancellation) =>
            Call(id, grains, job => job.Resume(cancellation)));
        routes.MapPost("/jobs/{id}/cancel", (string id, IGrainFactory grains, CancellationToken cancellation) =>
            Call(id, grains, job => job.Cancel(cancellation)));
        routes.MapDelete("/jobs/{id}", Delete);
        return routes;
    }

    /// <summary>The grain of a job, if the id can be one.</summary>
    public static IJobGrain Job(this IGrainFactory grains, string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c == '-')
            ? grains.GetGrain<IJobGrain>(id)
            : throw Problems.NoJob(id);

    static async Task<JobInfo> Call(string id, IGrainFactory grains, Func<IJobGrain, Task<JobReply>> call) =>
        Problems.JobOf(await call(grains.Job(id)), id).Info();

    static async Task<IResult> Delete(string id, IGrainFactory grains, CancellationToken cancellation)
    {
        var reply = await grains.Job(id).Delete(cancellation);
        if (reply.Status != JobCallStatus.Ok)
            Problems.JobOf(reply, id);
        return Results.NoContent();
    }

    static async Task<JobList> List(string? cursor, int? limit, JobRegistry registry, CancellationToken cancellation)
    {
        var size = PageSize.Of(limit, UsualPage, MaxPage);
        var jobs = await registry.Newest(cancellation);
        var after = cursor is null ? default : Parse(cursor);
        var rest = jobs.SkipWhile(job => after.Id is not null && !IsAfter(job, after)).ToArray();
        var page = rest[..Math.Min(size, rest.Length)];
        var replies = await Task.WhenAll(page.Select(job => registry.Describe(job.Id, cancellation)));
        return new JobList(
            [.. replies.Where(reply => reply.Status == JobCallStatus.Ok).Select(reply => reply.Job!.Info())],
            [.. page.Zip(replies).Where(job => job.Second.Status == JobCallStatus.StoreFailed)
                .Select(job => new JobFault(job.First.Id, job.Second.Message ?? ""))],
            rest.Length > size ? FormattableString.Invariant($"{page[^1].Submitted.UtcTicks}_{page[^1].Id}") : null);
    }

    static bool IsAfter((string Id, DateTimeOffset Submitted) job, (string Id, long Ticks) last) =>
        job.Submitted.UtcTicks < last.Ticks
        || (job.Submitted.UtcTicks == last.Ticks && string.CompareOrdinal(job.Id, last.Id) < 0);

    static (string Id, long Ticks) Parse(string cursor) =>
        cursor.IndexOf('_') is > 0 and var at && long.TryParse(cursor[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? (cursor[(at + 1)..], ticks)
            : throw Problems.InvalidRequest($"'{cursor}' is not a cursor of this list; take 'next_cursor' of the page before.");
}
