using System.Diagnostics;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// A device of this silo with its one model session, on a thread of its own. The engine is made, used and disposed there.
/// Long requests are cut into slices of the lane, so that others get their turn in between.
/// </summary>
public sealed class DeviceSession : IDisposable
{
    /// <summary>Requests that may wait.</summary>
    const int Capacity = 1024;

    /// <summary>Pairs per slice: a second or two of work for the published model on two cores.</summary>
    const int PairsPerSlice = 128;

    /// <summary>Failures in a row after which the device counts as broken.</summary>
    const int MaxFailures = 3;

    readonly Lane lane;
    readonly Task<IInferenceEngine> engine;
    readonly RunningMean imageMs = new(50);
    readonly RunningMean textMs = new(2);
    readonly RunningMean pairMs = new(2);
    long images;
    long texts;
    long pairs;
    int failures;
    string? fault;

    /// <summary>Starts the device; loading happens on its thread, and requests wait for it.</summary>
    /// <param name="key">The ring's name of the device.</param>
    /// <param name="start">Makes the engine; a failure makes the device unavailable, with its message.</param>
    public DeviceSession(string key, Func<IInferenceEngine> start)
    {
        Key = key;
        lane = new Lane($"device {key}", threads: 1, Capacity);
        engine = Start(start);
    }

    /// <summary>The ring's name of the device.</summary>
    public string Key { get; }

    /// <summary>Done when the device has loaded, or has failed to.</summary>
    public Task Started => engine.ContinueWith(static _ => { }, TaskScheduler.Default);

    /// <summary>What the device is doing.</summary>
    public DeviceStatus Status
    {
        get
        {
            var loaded = engine.IsCompletedSuccessfully;
            var message = engine.IsFaulted ? engine.Exception!.InnerException!.Message : !loaded ? "The model is loading." : fault;
            return new DeviceStatus(
                Key,
                loaded ? engine.Result.Fingerprint : "",
                loaded && Volatile.Read(ref failures) < MaxFailures,
                message,
                lane.QueueLength,
                lane.QueueMs,
                Interlocked.Read(ref images),
                Interlocked.Read(ref texts),
                Interlocked.Read(ref pairs));
        }
    }

    /// <summary>Encodes pictures.</summary>
    public Task<CallOutcome<ImageFeatures[]>> EncodeImages(IReadOnlyList<float[]> pixels, Deadline deadline, CancellationToken cancellation) =>
        Run(model => model.EncodeImages(pixels), imageMs, pixels.Count, done => Interlocked.Add(ref images, done), deadline, cancellation);

    /// <summary>Encodes texts.</summary>
    public Task<CallOutcome<TextFeatures[]>> EncodeTexts(IReadOnlyList<int[]> tokenIds, Deadline deadline, CancellationToken cancellation) =>
        Run(model => model.EncodeTexts(tokenIds), textMs, tokenIds.Count, done => Interlocked.Add(ref texts, done), deadline, cancellation);

    /// <summary>Scores pairs, a slice at a time.</summary>
    public async Task<CallOutcome<ItmLogits[][]>> ScorePairs(IReadOnlyList<PairGroup> groups, Deadline deadline, CancellationToken cancellation)
    {
        var results = new List<ItmLogits[]>(groups.Count);
        foreach (var slice in Slices(groups))
        {
            var scored = await Run(
                model => model.ScorePairs(slice),
                pairMs,
                slice.Sum(group => group.Texts.Count),
                done => Interlocked.Add(ref pairs, done),
                deadline,
                cancellation);
            if (!scored.Ok)
                return scored;
            results.AddRange(scored.Value);
        }

        return CallOutcomes.Done(results.ToArray());
    }

    /// <summary>Stops the device and disposes its engine on its thread.</summary>
    public void Dispose()
    {
        lane.Dispose();

        // The lane has run or answered everything, so the engine's start ends, if it has not yet.
        ((IAsyncResult)engine).AsyncWaitHandle.WaitOne();
        if (engine.IsCompletedSuccessfully)
            engine.Result.Dispose();
    }

    async Task<IInferenceEngine> Start(Func<IInferenceEngine> start)
    {
        var started = await lane.Run(start, costMs: 0, Deadline.In(int.MaxValue), CancellationToken.None);
        return started.Value ?? throw new ObjectDisposedException(started.Message);
    }

    async Task<CallOutcome<T>> Run<T>(
        Func<IInferenceEngine, T> work, RunningMean costMs, int units, Action<int> count, Deadline deadline, CancellationToken cancellation)
        where T : class
    {
        // The engine's own start stands first in the lane, so when this runs it has succeeded or failed.
        var outcome = await lane.Run(() => Execute(work, costMs, units, count), (int)(costMs.Value * units), deadline, cancellation);
        return outcome.Value ?? outcome.As<T>();
    }

    CallOutcome<T> Execute<T>(Func<IInferenceEngine, T> work, RunningMean costMs, int units, Action<int> count)
    {
        var model = Loaded();
        if (model is null)
            return CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, $"Device {Key} did not start: {Status.Message}");
        var watch = Stopwatch.StartNew();
        try
        {
            var result = work(model);
            costMs.Add(watch.Elapsed.TotalMilliseconds, units);
            count(units);
            Volatile.Write(ref failures, 0);
            fault = null;
            return CallOutcomes.Done(result);
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref failures);
            fault = e.Message;
            return CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, $"Device {Key} failed: {e.Message}");
        }
    }

    IInferenceEngine? Loaded()
    {
        // The continuation that completes the task runs elsewhere and may be a moment behind this thread.
        ((IAsyncResult)engine).AsyncWaitHandle.WaitOne();
        return engine.IsCompletedSuccessfully ? engine.Result : null;
    }

    static IEnumerable<IReadOnlyList<PairGroup>> Slices(IReadOnlyList<PairGroup> groups)
    {
        var slice = new List<PairGroup>();
        var count = 0;
        foreach (var group in groups)
        {
            if (count > 0 && count + group.Texts.Count > PairsPerSlice)
            {
                yield return slice;
                (slice, count) = ([], 0);
            }

            slice.Add(group);
            count += group.Texts.Count;
        }

        if (slice.Count > 0)
            yield return slice;
    }
}
