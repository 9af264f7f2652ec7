using System.Security.Cryptography;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Pictures;

/// <summary>Pictures on this machine, brought to the server by content: what is there is not sent again.</summary>
sealed class PictureUploads(MplugClient client)
{
    readonly Dictionary<string, (PictureInput? Picture, ApiError? Error)> done = new(StringComparer.Ordinal);

    /// <summary>The uploaded picture, or why it could not be read or sent; a path is looked at once.</summary>
    public async Task<(PictureInput? Picture, ApiError? Error)> Upload(string path, CancellationToken cancellation)
    {
        if (done.TryGetValue(path, out var known))
            return known;
        var result = await Send(path, cancellation);
        done[path] = result;
        return result;
    }

    async Task<(PictureInput? Picture, ApiError? Error)> Send(string path, CancellationToken cancellation)
    {
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new ApiError("missing", e.Message));
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        try
        {
            if (!await client.HasBlob(hash, cancellation))
                await client.PutBlob(hash, content, cancellation);
            return (PictureInput.OfBlob(hash), null);
        }
        catch (MplugApiException e) when (e.Problem.Status == 413)
        {
            return (null, new ApiError("too_large", e.Problem.Detail));
        }
        catch (HttpRequestException e)
        {
            // A server that is in a hurry breaks off what it will not take. If it is gone altogether, this says so.
            await client.Model(cancellation);
            return (null, new ApiError("too_large", $"the server broke off the upload of {content.Length} bytes: {e.Message}"));
        }
    }
}
