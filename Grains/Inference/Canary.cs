using System.Collections.Concurrent;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// A tiny inference through a device's queue: a text encoded, and seen to be a unit vector. A device that is too busy for it but gets on with its
/// work is well; one that neither answers nor gets on is not. One that answers wrongly, or otherwise than at first, is taken out for good.
/// </summary>
/// <param name="model">Makes its text.</param>
/// <param name="budget">How long an answer may take. Default: 20 s.</param>
public sealed class Canary(SiloModel model, TimeSpan? budget = null)
{
    readonly TimeSpan limitTime = budget ?? TimeSpan.FromSeconds(20);

    /// <summary>How far the same text's embedding may move: no device computes it to other digits than those of rounding.</summary>
    const float Most = 1e-2f;

    readonly ConcurrentDictionary<string, long> progress = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, float[]> firsts = new(StringComparer.Ordinal);

    /// <summary>Runs it and says how the device is.</summary>
    public async Task<DeviceStatus> Run(DeviceSession session, CancellationToken cancellation)
    {
        var ids = model.Tokenize("canary", TextConvention.Ms25);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(limitTime);
        CallOutcome<Model.Inference.TextFeatures[]> encoded;
        try
        {
            encoded = await session.EncodeTexts([ids], Deadline.In((int)limitTime.TotalMilliseconds), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            encoded = CallOutcomes.Failed<Model.Inference.TextFeatures[]>(CallStatus.TimedOut, $"It did not answer in {limitTime.TotalSeconds:0} s.");
        }

        var status = session.Status;
        var done = status.ImagesEncoded + status.TextsEncoded + status.PairsScored;
        var before = progress.GetValueOrDefault(session.Key);
        progress[session.Key] = done;
        if (!encoded.Ok)
        {
            var busy = encoded.Status is CallStatus.Overloaded or CallStatus.TimedOut && done > before;
            return busy ? status : status with { Ready = false, Message = encoded.Message };
        }

        // Nothing that a wrong device computes can be trusted, and features are kept for good.
        if (Fault(session.Key, encoded.Value[0].Embedding) is not { } fault)
            return status;
        session.GiveUp(fault);
        return session.Status;
    }

    string? Fault(string device, float[] embedding)
    {
        var length = embedding.Sum(x => (double)x * x);
        if (!(Math.Abs(length - 1) < 1e-3))
            return $"The canary's embedding has the length {Math.Sqrt(length):R}, expected 1.";
        var moved = firsts.GetOrAdd(device, embedding).Zip(embedding, (a, b) => Math.Abs(a - b)).Max();
        return moved <= Most ? null : $"The canary's embedding has moved by {moved:R} since the device's first, at most {Most:R} is rounding.";
    }
}
