using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Blobs;

/// <summary>Pictures of requests as references into the store: what travels inside a request is stored first.</summary>
sealed class PictureInputs(BlobStore blobs, MplugOptions options)
{
    /// <summary>The reference, or why there is none.</summary>
    public async Task<(PictureReference? Picture, ApiError? Error)> Resolve(PictureInput input, CancellationToken cancellation)
    {
        if (input.Url is not null)
            throw Problems.PictureUrl();
        if (input.Blob is { } sha256)
        {
            return BlobStore.IsHash(sha256)
                ? (BlobStore.Reference(sha256), null)
                : (null, new ApiError("invalid", $"'{sha256}' is not a SHA-256 in lower-case hex."));
        }

        var data = input.Data!;
        if (data.Length > options.Pictures.MaxBytes)
            return (null, new ApiError("too_large", $"{data.Length} bytes, more than the limit of {options.Pictures.MaxBytes}"));
        var hash = BlobStore.Hash(data);
        await blobs.Write(hash, data, cancellation);
        return (BlobStore.Reference(hash), null);
    }

    /// <summary>References of several pictures, in order.</summary>
    public async Task<(PictureReference? Picture, ApiError? Error)[]> Resolve(IEnumerable<PictureInput> inputs, CancellationToken cancellation)
    {
        var resolved = new List<(PictureReference?, ApiError?)>();
        foreach (var input in inputs)
            resolved.Add(await Resolve(input, cancellation));
        return [.. resolved];
    }
}
