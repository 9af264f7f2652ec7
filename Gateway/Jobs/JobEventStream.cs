using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Interfaces.Jobs;
using Orleans.Runtime;

namespace MplugCluster.Gateway.Jobs;

/// <summary>
/// The events of one job for one listener. Each carries the whole job, so that one that was missed is missed for nothing: after a break the stream
/// goes on with the state of now. Ids rise; that of the end is odd, all others are even.
/// </summary>
/// <remarks>Source: the WHATWG HTML standard, server-sent events.</remarks>
sealed class JobEventStream(Stream body, long lastId)
{
    /// <summary>Status of a job that was deleted while somebody listened.</summary>
    public const string Deleted = "deleted";

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);

    /// <summary>Silence after which the listener is told that the stream lives: below the half minute after which many proxies cut it.</summary>
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>How long a job may not answer before the stream ends, for the listener to come back.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    long id = Math.Clamp(lastId, 0, long.MaxValue / 2);
    byte[] lastData = [];
    long written = Stopwatch.GetTimestamp();

    /// <summary>Whether an id is that of an end.</summary>
    public static bool IsEnd(long id) => id % 2 == 1;

    /// <summary>Whether a job stays as it is.</summary>
    public static bool HasEnded(JobStatus status) => status is JobStatus.Done or JobStatus.Failed or JobStatus.Cancelled;

    /// <summary>Writes events until the job ends, is deleted, or does not answer for a minute.</summary>
    /// <param name="job">The job as it is now.</param>
    /// <param name="describe">Asks it again.</param>
    /// <param name="cancellation">The listener's end, or the server's.</param>
    public async Task Run(JobDescription job, Func<Task<JobReply>> describe, CancellationToken cancellation)
    {
        var answered = Stopwatch.GetTimestamp();
        while (true)
        {
            await Progress(job.Info(), cancellation);
            if (HasEnded(job.Status))
            {
                await Event(id + 1, "end", lastData, cancellation);
                return;
            }

            JobReply? reply = null;
            while (reply is not { Status: JobCallStatus.Ok })
            {
                await Task.Delay(Poll, cancellation);
                reply = await Ask(describe);
                if (reply is { Status: JobCallStatus.NotFound })
                {
                    await Event(id + 1, "end", Data(job.Info() with { Status = Deleted, SecondsLeft = null }), cancellation);
                    return;
                }

                if (reply is not { Status: JobCallStatus.Ok } && Stopwatch.GetElapsedTime(answered) > Patience)
                    return;
                if (Stopwatch.GetElapsedTime(written) > Heartbeat)
                    await Write(": still here\n\n"u8.ToArray(), cancellation);
            }

            (job, answered) = (reply.Job!, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Null while the job's silo is away: it comes up on another one.</summary>
    static async Task<JobReply?> Ask(Func<Task<JobReply>> describe)
    {
        try
        {
            return await describe();
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return null;
        }
    }

    async Task Progress(JobInfo job, CancellationToken cancellation)
    {
        var data = Data(job);
        if (data.AsSpan().SequenceEqual(lastData))
            return;
        lastData = data;
        id += id % 2 == 0 ? 2 : 1;
        await Event(id, "progress", data, cancellation);
    }

    static byte[] Data(JobInfo job) => JsonSerializer.SerializeToUtf8Bytes(job, ApiJson.Options);

    Task Event(long number, string name, byte[] data, CancellationToken cancellation) => Write(
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {number}\nevent: {name}\ndata: ")), .. data, (byte)'\n', (byte)'\n'],
        cancellation);

    async Task Write(byte[] bytes, CancellationToken cancellation)
    {
        await body.WriteAsync(bytes, cancellation);
        await body.FlushAsync(cancellation);
        written = Stopwatch.GetTimestamp();
    }
}
