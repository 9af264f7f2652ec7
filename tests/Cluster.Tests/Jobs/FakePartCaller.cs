using System.Text;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>
/// Devices that write the files of a job's parts as real ones would, without any work behind them; a test says which calls go wrong. A block's
/// first part has four parts behind it, each of eight items.
/// </summary>
sealed class FakePartCaller(IObjectStore store) : IPartCaller
{
    public const int Parts = 4;
    public const int Items = 8;

    static readonly PartReply Overload = new(
        new DeviceReply(CallStatus.Overloaded, "The queue is full.", 1), null, 0, 0, -1, new WorkTimes(), new TierCounts(0, 0, 0));

    readonly Lock gate = new();
    int running;

    /// <summary>All calls, in order.</summary>
    public List<(PartRequest Request, string Silo)> Calls { get; } = [];

    /// <summary>Most calls that were under way at a time.</summary>
    public int MostAtATime { get; private set; }

    /// <summary>Items that take their silo down, as block, part and place.</summary>
    public HashSet<(int Block, int Part, int Place)> Killers { get; init; } = [];

    /// <summary>What happens instead of an answer; null: the answer comes.</summary>
    public Func<PartRequest, PartLanding?> Instead { get; set; } = _ => null;

    /// <summary>Awaited before an answer.</summary>
    public Func<PartRequest, Task> Before { get; set; } = _ => Task.CompletedTask;

    public static PartLanding Full => new(Overload);

    public async Task<PartLanding> Call(RingDevice device, PartRequest request, CancellationToken cancellation)
    {
        lock (gate)
        {
            Calls.Add((request, device.Silo));
            MostAtATime = Math.Max(MostAtATime, ++running);
        }

        try
        {
            await Task.Yield();
            await Before(request);
            return Instead(request) ?? (Dies(request)
                ? new PartLanding(null, DeviceLost: true, "The silo is gone.")
                : new PartLanding(await Answer(request, cancellation)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new PartLanding(null, false, "The job was stopped.");
        }
        finally
        {
            lock (gate)
                running--;
        }
    }

    bool Dies(PartRequest request) => request.Stage == 1 && Killers.Any(killer =>
        (killer.Block, killer.Part) == (request.Block, request.Part)
        && !request.Poisoned.Contains(killer.Place)
        && (request.ProbeFrom < 0 || (killer.Place >= request.ProbeFrom && killer.Place < request.ProbeTo)));

    async Task<PartReply> Answer(PartRequest request, CancellationToken cancellation)
    {
        var next = request.Stage == 0 ? Parts : -1;
        if (request.ProbeFrom < 0 && request.Stage < 2)
        {
            var file = PartFile.ToBytes(next, Items, 0, [JobJson.ToBytes(request.Poisoned)]);
            await store.Write(JobPaths.PartOf(request.Job, request.Block, request.Stage, request.Part), file, WriteCondition.IfAbsent, cancellation);
        }
        else if (request.Stage == 2)
        {
            await store.Write(JobPaths.ErrorsOf(request.Job, request.Block), Array.Empty<byte>(), WriteCondition.IfAbsent, cancellation);
            await store.Write(
                JobPaths.RowsOf(request.Job, request.Block), Encoding.UTF8.GetBytes($"{{\"block\":{request.Block}}}\n"), WriteCondition.IfAbsent, cancellation);
        }

        return new PartReply(new DeviceReply(CallStatus.Ok), null, Items, 0, next, new WorkTimes(Itm: 1), new TierCounts(0, 0, 0));
    }
}
