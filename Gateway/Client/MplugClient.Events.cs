using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Client;

// The events of a job, and what one request asks of many documents.
public sealed partial class MplugClient
{
    /// <summary>Orders documents by a query.</summary>
    public Task<RerankResponse> Rerank(RerankRequest request, CancellationToken cancellation = default) =>
        Send<RerankResponse>(HttpMethod.Post, "v1/rerank", request, cancellation);

    /// <summary>
    /// A job each time it changes, until it has ended; the last one says how, <c>deleted</c> if it was deleted. A stream that breaks off is taken up
    /// again, for a minute at most while nobody answers. How long a job does not change does not count.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellation">Ends the listening; the job goes on.</param>
    public async IAsyncEnumerable<JobInfo> WatchJob(string id, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Since when nobody has answered; null while a connection stands, however silent: its heartbeats are not seen here.
        long? silent = time.GetTimestamp();
        long? last = null;
        while (true)
        {
            await using var events = Events(id, last, () => silent = null, cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync())
                        break;
                }
                catch (Exception e) when (e is HttpRequestException or IOException or MplugApiException { Problem.Status: 503 }
                    && (silent is not { } since || time.GetElapsedTime(since) < Patience))
                {
                    break;
                }

                var (number, isEnd, job) = events.Current;
                last = number;
                yield return job;
                if (isEnd)
                    yield break;
            }

            silent ??= time.GetTimestamp();
            if (time.GetElapsedTime(silent.Value) >= Patience)
                throw new HttpRequestException($"The events of job '{id}' broke off, and nobody answered for {Patience.TotalSeconds} s.");
            await Task.Delay(Poll, time, cancellation);
        }
    }

    async IAsyncEnumerable<(long Id, bool IsEnd, JobInfo Job)> Events(
        string id, long? last, Action connected, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{JobPath(id)}/events");
        if (last is { } number)
            request.Headers.Add("Last-Event-ID", number.ToString(CultureInfo.InvariantCulture));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
            throw await Error(response, cancellation);
        if (response.StatusCode == HttpStatusCode.NoContent)
            yield break;
        connected();
        var parser = SseParser.Create(
            await response.Content.ReadAsStreamAsync(cancellation),
            (_, data) => JsonSerializer.Deserialize<JobInfo>(data, ApiJson.Options)!);
        await foreach (var item in parser.EnumerateAsync(cancellation))
            yield return (long.Parse(item.EventId ?? "0", NumberStyles.None, CultureInfo.InvariantCulture), item.EventType == "end", item.Data);
    }
}
