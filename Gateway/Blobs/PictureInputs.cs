using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Fetching;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Blobs;

/// <summary>Pictures of requests as references into the store: what travels inside a request, or is fetched for it, is stored first.</summary>
sealed class PictureInputs(BlobStore blobs, MplugOptions options, PictureFetcher fetcher)
{
    /// <summary>Pictures of one request that are fetched.</summary>
    const int MaxUrls = 100;

    /// <summary>The reference, or why there is none.</summary>
    public async Task<(PictureReference? Picture, ApiError? Error)> Resolve(PictureInput input, CancellationToken cancellation)
    {
        if (input.Fault is { } fault)
            return (null, new ApiError(PictureFault.Invalid, fault));
        if (input.Url is { } url)
            return await Fetch(url, cancellation);
        if (input.Blob is not { } sha256)
            return await Keep(input.Data!, cancellation);
        return BlobStore.IsHash(sha256)
            ? (BlobStore.Reference(sha256), null)
            : (null, new ApiError(PictureFault.Invalid, $"'{sha256}' is not a SHA-256 in lower-case hex."));
    }

    /// <summary>Ends a request that would have too much fetched for it.</summary>
    public static void ThrowIfTooManyUrls(IEnumerable<PictureInput?> inputs)
    {
        var urls = inputs.Count(input => input?.Url is not null);
        if (urls > MaxUrls)
            throw Problems.InvalidRequest($"The request names {urls} pictures by URL; at most {MaxUrls} are allowed.");
    }

    /// <summary>References of several pictures, in order. Those to fetch are fetched side by side.</summary>
    public async Task<(PictureReference? Picture, ApiError? Error)[]> Resolve(IEnumerable<PictureInput> inputs, CancellationToken cancellation)
    {
        var all = inputs.ToArray();
        ThrowIfTooManyUrls(all);
        var resolved = all.Select(input => input.Url is null ? null : Resolve(input, cancellation)).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            if (resolved[i] is null)
                await (resolved[i] = Resolve(all[i], cancellation));
        }

        return await Task.WhenAll(resolved!);
    }

    async Task<(PictureReference?, ApiError?)> Fetch(string url, CancellationToken cancellation)
    {
        try
        {
            return await Keep(await fetcher.Fetch(url, cancellation), cancellation);
        }
        catch (FetchException e)
        {
            return (null, new ApiError(e.Code, e.Message));
        }
    }

    async Task<(PictureReference?, ApiError?)> Keep(byte[] data, CancellationToken cancellation)
    {
        if (data.Length > options.Pictures.MaxBytes)
            return (null, new ApiError(PictureFault.TooLarge, $"{data.Length} bytes, more than the limit of {options.Pictures.MaxBytes}"));
        var hash = BlobStore.Hash(data);
        await blobs.Write(hash, data, cancellation);
        return (BlobStore.Reference(hash), null);
    }
}
