using System.Diagnostics;
using System.Security.Cryptography;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;
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
    IObjectStore store,
    IPicturePreprocessor preprocessor,
    Lane decodeLane,
    string codec,
    string fingerprint,
    Instruments? instruments = null)
{
    /// <summary>Guess of what decoding a picture takes, for the lane's refusals.</summary>
    const int DecodeMs = 10;

    /// <summary>Finds or makes one picture's features on a device.</summary>
    public async Task<CallOutcome<ImageLookup>> Get(
        PictureReference picture, bool applyOrientation, DeviceSession device, Deadline deadline, CancellationToken cancellation)
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
            var outcome = await cache.Share(
                deadline.Background ? $"{key}/job" : key,
                token =>
                {
                    own = true;
                    return Load(key, picture, applyOrientation, device, deadline, token);
                },
                cancellation);

            // The load that was joined had another caller's deadline; this one may still have time.
            if (own || outcome.Status is not (CallStatus.TimedOut or CallStatus.Overloaded) || deadline.Expired)
                return outcome;
        }
    }

    async Task<CallOutcome<ImageLookup>> Load(
        string key, PictureReference picture, bool applyOrientation, DeviceSession device, Deadline deadline, CancellationToken cancellation)
    {
        // Another caller may have brought it between the look into the cache and here.
        if (cache.Find<ImageFeatures>(key) is { } held)
            return CallOutcomes.Done(new ImageLookup(held, null, ImageLookup.FromMemory));
        if (await features.Read(key, cancellation) is { } stored)
        {
            cache.Add(key, stored, stored.Bytes);
            instruments?.LookedUp("image", "store", 1);
            return CallOutcomes.Done(new ImageLookup(stored, null, ImageLookup.FromStore));
        }

        var pixels = await Decode(picture, applyOrientation, deadline, cancellation);
        if (!pixels.Ok)
            return pixels.As<ImageLookup>();
        if (pixels.Value.Pixels is null)
            return CallOutcomes.Done(new ImageLookup(null, pixels.Value.Error, ImageLookup.FromNowhere));
        var encoded = await device.EncodeImages([pixels.Value.Pixels], deadline, cancellation);
        if (!encoded.Ok)
            return encoded.As<ImageLookup>();
        var image = encoded.Value[0];
        cache.Add(key, image, image.Bytes);
        instruments?.LookedUp("image", "none", 1);
        await features.Write(key, image, cancellation);
        return CallOutcomes.Done(new ImageLookup(image, null, ImageLookup.FromDevice));
    }

    async Task<CallOutcome<Decoded>> Decode(
        PictureReference picture, bool applyOrientation, Deadline deadline, CancellationToken cancellation)
    {
        var file = await store.ReadRange(picture.Path, picture.Offset, picture.Length, cancellation);
        if (file is null)
            return CallOutcomes.Done(new Decoded(null, new ItemError("missing", $"The picture is not in the store ('{picture.Path}').")));
        return await decodeLane.Run(() => Decode(file, picture, applyOrientation, cancellation), DecodeMs, deadline, cancellation);
    }

    Decoded Decode(byte[] file, PictureReference picture, bool applyOrientation, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            return DecodeChecked(file, picture, applyOrientation, cancellation);
        }
        finally
        {
            instruments?.Decoded(watch.Elapsed);
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
