using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Jobs;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>How long the client goes on asking for events that break off.</summary>
public sealed class BrokenEventTests
{
    const string Id = "20260101-000000-abcdef01";

    readonly Clock clock = new();

    [Fact]
    public async Task Watch_SilentForTwoMinutesThenBroken_TakenUpAgain()
    {
        using var server = new Server(
            _ => Answer(new BreakingStream(Event(2, "progress", JobStatus.Paused), () => clock.Advance(TimeSpan.FromMinutes(2)))),
            _ => throw new HttpRequestException("Nobody there."),
            last => Answer(new MemoryStream(Event(last + 1, "end", JobStatus.Done))));
        using var client = new MplugClient(new Uri("http://server"), "", server, clock);

        var seen = await client.WatchJob(Id).Select(job => job.Status).ToArrayAsync();

        Assert.Equal(["paused", "done"], seen);
        Assert.Equal([0, 2, 2], server.Asked);
    }

    [Fact]
    public async Task Watch_ReaderTakesTwoMinutesOverAnEvent_BreakIsTakenUpAgain()
    {
        using var server = new Server(
            _ => Answer(new BreakingStream(Event(2, "progress", JobStatus.Running), () => { })),
            last => Answer(new MemoryStream(Event(last + 1, "end", JobStatus.Done))));
        using var client = new MplugClient(new Uri("http://server"), "", server, clock);
        var seen = new List<string>();

        await foreach (var job in client.WatchJob(Id))
        {
            seen.Add(job.Status);
            clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(["running", "done"], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_NobodyAnswersForAMinute_TheLastFailure(bool wasConnected)
    {
        Func<long, HttpResponseMessage> nobody = _ => throw new HttpRequestException("Nobody there.");
        Func<long, HttpResponseMessage> first = _ => Answer(new BreakingStream(Event(2, "progress", JobStatus.Running), () => clock.Advance(TimeSpan.FromMinutes(2))));
        using var server = new Server([wasConnected ? first : nobody, .. Enumerable.Repeat(nobody, 1000)]);
        using var client = new MplugClient(new Uri("http://server"), "", server, clock);

        var error = await Assert.ThrowsAsync<HttpRequestException>(async () => await client.WatchJob(Id).ToArrayAsync());

        Assert.Equal("Nobody there.", error.Message);
        Assert.Equal(TimeSpan.FromMinutes(wasConnected ? 3 : 1), clock.GetUtcNow() - clock.Start);
    }

    static HttpResponseMessage Answer(Stream events) => new(HttpStatusCode.OK) { Content = new StreamContent(events) };

    static byte[] Event(long number, string name, JobStatus status) => Encoding.UTF8.GetBytes(
        $"id: {number}\nevent: {name}\ndata: {JsonSerializer.Serialize(FakeJobs.Job(Id, status: status).Info(), ApiJson.Options)}\n\n");

    /// <summary>Waiting takes no time: each timer moves the clock to its end.</summary>
    sealed class Clock : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Advance(dueTime);
            return timer;
        }
    }

    /// <summary>One answer after the other; keeps the number of the last event that each was asked after, 0 for none.</summary>
    sealed class Server(params Func<long, HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public List<long> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.Headers.TryGetValues("Last-Event-ID", out var last) ? long.Parse(last.Single()) : 0);
            return Task.FromResult(answers[Asked.Count - 1](Asked[^1]));
        }
    }

    /// <summary>Some bytes, then something happens and the connection breaks.</summary>
    sealed class BreakingStream(byte[] content, Action before) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length)
                return await base.ReadAsync(buffer, cancellationToken);
            before();
            throw new IOException("The connection broke.");
        }
    }
}
