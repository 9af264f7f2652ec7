using System.Diagnostics;
using System.Security.Cryptography;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>
/// Where a silo's image features come from: memory, then the feature store, then the picture itself, decoded on the decode lane and encoded
/// on the device.
/// </summary>
public sealed class ImageFeatureSource(
    FeatureCache cache,
    FeatureStore features,
    PictureFiles files,
    IPicturePreprocessor preprocessor,
    Lane decodeLane,
    string codec,
    string fingerprint,
    Instruments? instruments = null)
{
    /// <summary>Guess of what decoding a picture takes, for the lane's refusals.</summary>
    const int DecodeMs = 10;

    /// <summary>Finds or makes one picture's features on a device.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="applyOrientation">EXIF rule.</param>
    /// <param name="device">Where it is encoded if need be.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellation">Stops the search; another caller's goes on.</param>
    /// <param name="content">The picture's bytes, where the caller has just read them.</param>
    public async Task<CallOutcome<ImageLookup>> Get(
        PictureReference picture,
        bool applyOrientation,
        DeviceSession device,
        Deadline deadline,
        CancellationToken cancellation,
        byte[]? content = null)
    {
        var key = FeatureKeys.Image(picture.ContentHash, applyOrientation, codec, fingerprint);
        while (true)
        {
            if (cache.Find<ImageFeatures>(key) is { } held)
            {
                instruments?.LookedUp("image", "memory", 1);
                return CallOutcomes.Done(new ImageLookup(held, null, ImageLookup.FromMemory));
            }

            // A caller does not join the load of a job, which lets others pass.
            var own = false;
            var askedMs = deadline.Log?.NowMs ?? 0;
            using var joined = deadline.Begin(WorkActivity.Joined);
            var outcome = await cache.Share(
                deadline.Background ? $"{key}/job" : key,
                token =>
                {
                    own = true;
                    return Load(key, picture, content, applyOrientation, device, deadline, token);
                },
                cancellation);

            if (!own)
                deadline.Log?.Add(WorkStage.Queue, askedMs);

            // The load that was joined had another caller's deadline; this one may still have time.
            if (own || outcome.Status is not (CallStatus.TimedOut or CallStatus.Overloaded) || deadline.Expired)
                return outcome;
        }
    }

    async Task<CallOutcome<ImageLookup>> Load(
        string key,
        PictureReference picture,
        byte[]? content,
        bool applyOrientation,
        DeviceSession device,
        Deadline deadline,
        CancellationToken cancellation)
    {
        // Another caller may have brought it between the look into the cache and here.
        if (cache.Find<ImageFeatures>(key) is { } held)
            return CallOutcomes.Done(new ImageLookup(held, null, ImageLookup.FromMemory));
        var log = deadline.Log;
        var startMs = log?.NowMs ?? 0;
        using var reading = deadline.Begin(WorkActivity.Download);
        if (await features.Read(key, cancellation) is { } stored)
        {
            cache.Add(key, stored, stored.Bytes);
            instruments?.LookedUp("image", "store", 1);
            log?.Add(WorkStage.Store, startMs);
            return CallOutcomes.Done(new ImageLookup(stored, null, ImageLookup.FromStore));
        }

        var (file, missing) = content is null ? await files.Read(picture, cancellation) : (content, null);
        reading?.Dispose();
        log?.Add(WorkStage.Store, startMs);
        if (file is null)
            return CallOutcomes.Done(new ImageLookup(null, missing, ImageLookup.FromNowhere));
        var pixels = await Decode(file, picture, applyOrientation, deadline, cancellation);
        if (!pixels.Ok)
            return pixels.As<ImageLookup>();
        if (pixels.Value.Pixels is null)
            return CallOutcomes.Done(new ImageLookup(null, pixels.Value.Error, ImageLookup.FromNowhere));
        var encoded = await device.EncodeImages([pixels.Value.Pixels], deadline, cancellation);
        if (!encoded.Ok)
            return encoded.As<ImageLookup>();
        preprocessor.Recycle(pixels.Value.Pixels); // only here: of an encoding that was given up the device may still be reading
        var image = encoded.Value[0];
        cache.Add(key, image, image.Bytes);
        instruments?.LookedUp("image", "none", 1);
        var writeMs = log?.NowMs ?? 0;
        using var writing = deadline.Begin(WorkActivity.Store);
        await features.Write(key, image, cancellation);
        log?.Add(WorkStage.Store, writeMs);
        return CallOutcomes.Done(new ImageLookup(image, null, ImageLookup.FromDevice));
    }

    async Task<CallOutcome<Decoded>> Decode(
        byte[] file, PictureReference picture, bool applyOrientation, Deadline deadline, CancellationToken cancellation)
    {
        var log = deadline.Log;
        var queuedMs = log?.NowMs ?? 0;
        using var decoding = deadline.Begin(WorkActivity.Decode);
        return await decodeLane.Run(
            () =>
            {
                log?.Add(WorkStage.Queue, queuedMs);
                return Decode(file, picture, applyOrientation, log, cancellation);
            },
            DecodeMs,
            deadline,
            cancellation);
    }

    Decoded Decode(byte[] file, PictureReference picture, bool applyOrientation, StageLog? log, CancellationToken cancellation)
    {
        var (watch, beganMs) = (Stopwatch.StartNew(), log?.NowMs ?? 0);
        try
        {
            return DecodeChecked(file, picture, applyOrientation, cancellation);
        }
        finally
        {
            instruments?.Decoded(watch.Elapsed);
            log?.Add(WorkStage.Preprocess, beganMs);
        }
    }

    Decoded DecodeChecked(byte[] file, PictureReference picture, bool applyOrientation, CancellationToken cancellation)
    {
        var found = Convert.ToHexStringLower(SHA256.HashData(file));
        if (found != picture.ContentHash)
            return new Decoded(null, new ItemError("changed", $"The picture's bytes have the SHA-256 {found}, expected {picture.ContentHash}."));
        return preprocessor.TryPreprocess(file, applyOrientation, out var pixels, out var error, cancellation)
            ? new Decoded(pixels, null)
            : new Decoded(null, new ItemError(PictureErrors.Code(error.Code), error.Reason));
    }

    sealed record Decoded(float[]? Pixels, ItemError? Error);
}
