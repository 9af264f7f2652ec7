using System.Diagnostics;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Grains.Features;

/// <summary>
/// Sends pieces of work to the devices that the ring gives them to, until every piece is answered or the deadline has passed. A piece whose
/// device dies goes to the next device; one whose device is full waits as long as the device says.
/// </summary>
/// <param name="rings">The ring, asked again after every failure.</param>
/// <param name="maxPieces">Pieces in one call.</param>
sealed class DeviceWork<TPiece, TReply>(IDeviceRingSource rings, int maxPieces)
    where TPiece : class
    where TReply : class
{
    /// <summary>Calls to one device at a time: the next one's message and decoding overlap with this one's inference.</summary>
    const int CallsPerDevice = 2;

    /// <summary>How much before the deadline a timer set to it may fire, in milliseconds: such a call was late, its device is not broken.</summary>
    const int TimerSlackMs = 50;

    /// <summary>Longest wait for a change of the ring after a device has failed, in milliseconds.</summary>
    const int RingWaitMs = 1000;

    /// <summary>Content hash that places a piece.</summary>
    public required Func<TPiece, string> Place { get; init; }

    /// <summary>Calls a device's feature grain.</summary>
    public required Func<string, TPiece[], int, CancellationToken, Task<TReply>> Call { get; init; }

    /// <summary>How a call ended.</summary>
    public required Func<TReply, DeviceReply> ReplyOf { get; init; }

    /// <summary>Takes the answers to pieces.</summary>
    public required Action<TPiece[], TReply> Answered { get; init; }

    /// <summary>Runs everything.</summary>
    public async Task<DeviceReply> Run(IEnumerable<TPiece> pieces, Deadline deadline, CancellationToken cancellation)
    {
        var open = pieces.ToList();
        var broken = new HashSet<string>(StringComparer.Ordinal);
        var lastFault = "";

        // Longest queue that stood before this work at any time: one that was there when it was sent may be forgotten when its time runs out.
        // Of a device that answered nobody yet there is no word on a queue, but others' work was with it.
        var (queueMs, began, crowded) = (0, Stopwatch.GetTimestamp(), false);
        while (open.Count > 0)
        {
            var source = rings;
            var changed = source.Changed;
            var ring = source.Current.Without(broken);
            queueMs = Math.Max(queueMs, ring.LongestQueueMs);
            crowded |= ring.IsWorking;
            if (deadline.Expired)
                return Late(new DeviceReply(CallStatus.TimedOut, $"The deadline passed with {open.Count} items left."));
            if (ring.Devices.Count == 0)
            {
                if (broken.Count > 0 && source.Current.Devices.Count > 0)
                    return new DeviceReply(CallStatus.ModelUnavailable, lastFault);
                await WaitForChange(changed, deadline, cancellation);
                if (source.Current.Devices.Count == 0 && deadline.RemainingMs < RingWaitMs)
                    return new DeviceReply(CallStatus.ModelUnavailable, "There is no device in the cluster.");
                continue;
            }

            var (failures, refusals, others) = await Round(open, ring, broken, deadline, cancellation);
            crowded |= others > 0;
            queueMs = Math.Max(queueMs, ring.LongestQueueMs);
            if (failures.FirstOrDefault(failure => failure.Status == CallStatus.WrongModel || (failure.Status == CallStatus.TimedOut && deadline.Expired)) is { } final)
                return Late(final);
            if (failures.Count == 0)
                continue;
            lastFault = failures[^1].Message ?? lastFault;
            var wait = failures.Max(failure => failure.RetryAfterMs);
            if (wait >= deadline.RemainingMs)
                return failures.MaxBy(failure => failure.RetryAfterMs)!;

            // Devices that say themselves that they cannot are no news that the ring will bring: others take their pieces at once.
            if (refusals == failures.Count && source.Current.Without(broken).Devices.Count > 0)
                continue;
            var waitsMs = deadline.Log?.NowMs ?? 0;
            if (wait > 0)
                await Task.Delay(wait, cancellation);
            else
                await WaitForChange(changed, deadline, cancellation);
            deadline.Log?.Add(WorkStage.Queue, waitsMs);
        }

        return new DeviceReply(CallStatus.Ok);

        DeviceReply Late(DeviceReply last)
        {
            var known = Math.Max(last.QueueMs, queueMs);
            return last with { QueueMs = known == 0 && crowded ? Math.Max(1, (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds) : known };
        }
    }

    /// <summary>Sends every open piece once; answered ones leave the list.</summary>
    /// <returns>What failed, how much of it by devices that answered that they are unavailable, and others' work that was with the devices.</returns>
    async Task<(List<DeviceReply> Failures, int Refusals, int Others)> Round(
        List<TPiece> open, DeviceRing ring, HashSet<string> broken, Deadline deadline, CancellationToken cancellation)
    {
        var (failures, refusals, others) = (new List<DeviceReply>(), 0, 0);
        var answered = new HashSet<TPiece>(ReferenceEqualityComparer.Instance);
        var byDevice = open.GroupBy(piece => ring.Choose(Place(piece))!).ToList();
        await Task.WhenAll(byDevice.Select(async group =>
        {
            using var slots = new SemaphoreSlim(CallsPerDevice);
            var calls = group.GroupBy(piece => DeviceRing.FeatureGrainKey(group.Key, Place(piece)))
                .SelectMany(grain => grain.Chunk(maxPieces).Select(chunk => (grain.Key, Chunk: chunk)));
            var entered = ring.Enter(group.Key);
            try
            {
                await Task.WhenAll(calls.ToList().Select(async call =>
                {
                    await slots.WaitAsync(cancellation);
                    try
                    {
                        await Send(call.Key, call.Chunk, group.Key);
                    }
                    finally
                    {
                        slots.Release();
                    }
                }));
            }
            finally
            {
                Interlocked.Add(ref others, ring.Leave(group.Key, entered));
            }
        }));
        open.RemoveAll(answered.Contains);
        return (failures, refusals, others);

        async Task Send(string grain, TPiece[] chunk, RingDevice device)
        {
            var sentMs = deadline.Log?.NowMs ?? 0;

            // What is still waiting for its turn when the time is over need not trouble the device.
            var reply = deadline.Expired
                ? CallOutcomes.Failed<TReply>(CallStatus.TimedOut, "The deadline passed before the call.")
                : await Try(grain, chunk, deadline, cancellation);
            lock (failures)
            {
                if (reply.Value is null)
                {
                    failures.Add(new DeviceReply(reply.Status, reply.Message));
                    return;
                }

                var answer = ReplyOf(reply.Value);
                deadline.Log?.Take(answer.Spans, sentMs);
                ring.Note(device, answer.QueueMs);
                if (answer.Status == CallStatus.Ok)
                {
                    Answered(chunk, reply.Value);
                    answered.UnionWith(chunk);
                    return;
                }

                failures.Add(answer);
                if (answer.Status == CallStatus.ModelUnavailable)
                {
                    broken.Add(device.Key);
                    refusals++;
                }
            }
        }
    }

    /// <summary>One call. A device that is gone, or does not answer, is no error here: the ring will show it, and the pieces stay open.</summary>
    async Task<CallOutcome<TReply>> Try(string grain, TPiece[] chunk, Deadline deadline, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Math.Max(1, deadline.RemainingMs));
        try
        {
            return CallOutcomes.Done(await Call(grain, chunk, deadline.RemainingMs, limit.Token).WaitAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return CallOutcomes.Failed<TReply>(
                deadline.RemainingMs < TimerSlackMs ? CallStatus.TimedOut : CallStatus.ModelUnavailable, $"'{grain}' did not answer in time.");
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return CallOutcomes.Failed<TReply>(CallStatus.ModelUnavailable, e.Message);
        }
    }

    static async Task WaitForChange(Task changed, Deadline deadline, CancellationToken cancellation)
    {
        // Whether the ring changed or the wait is over makes no difference: both times the next round asks it again.
        await Task.WhenAny(changed, Task.Delay(Math.Min(RingWaitMs, deadline.RemainingMs + 1), cancellation));
        cancellation.ThrowIfCancellationRequested();
    }
}
