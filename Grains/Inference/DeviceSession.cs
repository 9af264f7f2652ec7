using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// A device of this silo with its one model session, on a thread of its own. The engine is made and used there, and disposed of when that thread has ended.
/// Long requests are cut into slices of the lane, so that others get their turn in between: a caller never waits for more of a job than one.
/// </summary>
public sealed partial class DeviceSession : IDisposable
{
    /// <summary>Requests that may wait.</summary>
    const int Capacity = 1024;

    /// <summary>Texts per slice.</summary>
    const int TextsPerSlice = 128;

    /// <summary>Failures in a row after which the device counts as broken.</summary>
    const int MaxFailures = 3;

    readonly Lane lane;
    readonly Task<IInferenceEngine> engine;
    readonly Instruments? instruments;
    readonly ILogger logger;
    readonly WorkKind images = new("image", 50, WorkActivity.Encode);
    readonly WorkKind texts = new("text", 2, WorkActivity.Encode);
    readonly WorkKind pairs = new("pair", 2, WorkActivity.Itm);
    readonly WorkKind explanations = new("explanation", 20, WorkActivity.Encode);
    int failures;
    string? fault;
    string? lost;

    /// <summary>Starts the device; loading happens on its thread, and requests wait for it.</summary>
    /// <param name="key">The ring's name of the device.</param>
    /// <param name="start">Makes the engine; a failure makes the device unavailable, with its message.</param>
    /// <param name="instruments">Where its work is measured. Default: nowhere.</param>
    /// <param name="logger">Told what whoever runs the device should know. Default: nobody.</param>
    public DeviceSession(string key, Func<IInferenceEngine> start, Instruments? instruments = null, ILogger? logger = null)
    {
        Key = key;
        (this.instruments, this.logger) = (instruments, logger ?? NullLogger.Instance);
        lane = new Lane($"device {key}", threads: 1, Capacity);
        engine = Start(start);
    }

    /// <summary>The ring's name of the device.</summary>
    public string Key { get; }

    /// <summary>Whether the device can do nothing more before the process restarts; what waits and what comes is refused at once.</summary>
    public bool IsLost => Volatile.Read(ref lost) is not null || (engine.IsFaulted && DeviceFaults.IsFinal(engine.Exception!.InnerException!));

    /// <summary>How the image tokens do that stay on the device; null where none do.</summary>
    public TokenResidency? Residency => engine.IsCompletedSuccessfully ? engine.Result.Residency : null;

    /// <summary>Done when the device has loaded, or has failed to.</summary>
    public Task Started => engine.ContinueWith(static _ => { }, TaskScheduler.Default);

    /// <summary>What the device is doing.</summary>
    public DeviceStatus Status
    {
        get
        {
            var loaded = engine.IsCompletedSuccessfully;
            var message = engine.IsFaulted ? Reason(engine.Exception!.InnerException!) : !loaded ? "The model is loading." : Volatile.Read(ref lost) ?? fault;
            return new DeviceStatus(
                Key,
                loaded ? engine.Result.Fingerprint : "",
                loaded && !IsLost && Volatile.Read(ref failures) < MaxFailures,
                message,
                lane.QueueLength,
                lane.QueueMs,
                images.Done,
                texts.Done,
                pairs.Done,
                images.MeanMs,
                texts.MeanMs,
                pairs.MeanMs);
        }
    }

    /// <summary>Requests of one kind that wait.</summary>
    public int QueueLength(bool background) => lane.Length(background);

    /// <summary>Encodes pictures, a slice at a time: what the engine puts into one run, so that cutting changes no number.</summary>
    public async Task<CallOutcome<ImageFeatures[]>> EncodeImages(IReadOnlyList<float[]> pixels, Deadline deadline, CancellationToken cancellation)
    {
        if (pixels.Count > 1)
            await Started.WaitAsync(cancellation);
        var perSlice = engine.IsCompletedSuccessfully ? engine.Result.ImageBatch : 1;
        return await InSlices(
            pixels.Chunk(perSlice), images, slice => slice.Length, (model, slice) => model.EncodeImages(slice), deadline, cancellation);
    }

    /// <summary>Encodes texts, a slice at a time.</summary>
    public Task<CallOutcome<TextFeatures[]>> EncodeTexts(IReadOnlyList<int[]> tokenIds, Deadline deadline, CancellationToken cancellation) => InSlices(
        tokenIds.Chunk(TextsPerSlice), texts, slice => slice.Length, (model, slice) => model.EncodeTexts(slice), deadline, cancellation);

    /// <summary>Scores pairs, a slice at a time.</summary>
    public async Task<CallOutcome<ItmLogits[][]>> ScorePairs(IReadOnlyList<PairGroup> groups, Deadline deadline, CancellationToken cancellation)
    {
        if (groups.Sum(group => group.Texts.Count) > IInferenceEngine.DefaultPairSlice)
            await Started.WaitAsync(cancellation);
        var scored = await InSlices(
            DeviceSlices.OfPairs(groups, engine.IsCompletedSuccessfully ? engine.Result.PairSlice : IInferenceEngine.DefaultPairSlice),
            pairs,
            slice => slice.Sum(group => group.Texts.Count),
            (model, slice) => model.ScorePairs(slice),
            deadline,
            cancellation);
        return scored.Ok ? CallOutcomes.Done(DeviceSlices.Join(groups, scored.Value)) : scored;
    }

    /// <summary>Explains a pair.</summary>
    public Task<CallOutcome<PairAttention>> Explain(
        ImageFeatures image, TextFeatures text, int layer, Deadline deadline, CancellationToken cancellation) =>
        Run(model => model.Explain(image, text, layer), explanations, units: 1, deadline, cancellation);

    /// <summary>Takes the device out until the process restarts: what waits and what comes is refused at once, and others do it.</summary>
    /// <param name="reason">Why it must not compute any more.</param>
    public void GiveUp(string reason)
    {
        if (Interlocked.CompareExchange(ref lost, $"Device {Key} is lost until this process restarts: {reason}", null) is null)
            LogLost(Key, reason);
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
        var started = await lane.Run(() => Watched(start()), costMs: 0, Deadline.In(int.MaxValue), CancellationToken.None);
        return started.Value ?? throw new ObjectDisposedException(started.Message);
    }

    IInferenceEngine Watched(IInferenceEngine started)
    {
        started.Shortened += OnShortened;
        foreach (var remark in started.Remarks)
            LogRemark(Key, remark);
        return started;
    }

    void OnShortened(MemoryShortage shortage)
    {
        var work = shortage.Work switch { BatchWork.Images => images, BatchWork.Texts => texts, _ => pairs };
        instruments?.RanOutOfMemory(Key, work.Name);
        LogShortage(shortage, work.Name);
        if (shortage.Unremembered is { } reason)
            LogUnremembered(Key, reason);
    }

    async Task<CallOutcome<TResult[]>> InSlices<TSlice, TResult>(
        IEnumerable<TSlice> slices,
        WorkKind kind,
        Func<TSlice, int> units,
        Func<IInferenceEngine, TSlice, TResult[]> work,
        Deadline deadline,
        CancellationToken cancellation)
    {
        var results = new List<TResult>();
        foreach (var slice in slices)
        {
            var done = await Run(model => work(model, slice), kind, units(slice), deadline, cancellation);
            if (!done.Ok)
                return done;
            results.AddRange(done.Value);
        }

        return CallOutcomes.Done(results.ToArray());
    }

    async Task<CallOutcome<T>> Run<T>(
        Func<IInferenceEngine, T> work, WorkKind kind, int units, Deadline deadline, CancellationToken cancellation)
        where T : class
    {
        // The engine's own start stands first in the lane, so when this runs it has succeeded or failed.
        var (queued, log) = (Stopwatch.GetTimestamp(), deadline.Log);
        var queuedMs = log?.NowMs ?? 0;
        using var waiting = deadline.Begin(WorkActivity.Queue);
        var outcome = await lane.Run(
            () =>
            {
                instruments?.Waited(Key, deadline.Background, Stopwatch.GetElapsedTime(queued));
                log?.Add(WorkStage.Queue, queuedMs);
                using var working = deadline.Begin(kind.Activity);
                waiting?.Dispose();
                var beganMs = log?.NowMs ?? 0;
                var done = Execute(work, kind, units);
                log?.Add(WorkStage.Inference, beganMs);
                return done;
            },
            (int)(kind.MeanMs * units),
            deadline,
            cancellation);
        if (outcome.Status == CallStatus.Overloaded)
            instruments?.Refused(Key, deadline.Background);
        if (outcome.Value is null)
            log?.Add(WorkStage.Queue, queuedMs);
        return outcome.Value ?? outcome.As<T>();
    }

    CallOutcome<T> Execute<T>(Func<IInferenceEngine, T> work, WorkKind kind, int units)
    {
        var model = Loaded();
        if (model is null)
            return CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, $"Device {Key} did not start: {Status.Message}");
        if (Volatile.Read(ref lost) is { } why)
            return CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, why);
        var watch = Stopwatch.StartNew();
        try
        {
            var result = work(model);
            kind.Add(watch.Elapsed.TotalMilliseconds, units);
            instruments?.Ran(Key, kind.Name, units, watch.Elapsed);
            Volatile.Write(ref failures, 0);
            fault = null;
            return CallOutcomes.Done(result);
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref failures);
            var reason = Reason(e);
            fault = reason;
            if (!DeviceFaults.IsFinal(e))
                return CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, $"Device {Key} failed: {reason}");
            GiveUp(reason);
            return CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, lost!);
        }
    }

    static string Reason(Exception failure) => failure is DeviceUnavailableException unavailable ? unavailable.Reason : RuntimeMessage.Of(failure);

    IInferenceEngine? Loaded()
    {
        // The continuation that completes the task runs elsewhere and may be a moment behind this thread.
        ((IAsyncResult)engine).AsyncWaitHandle.WaitOne();
        return engine.IsCompletedSuccessfully ? engine.Result : null;
    }
}
