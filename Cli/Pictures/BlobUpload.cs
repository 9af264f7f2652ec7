using System.Security.Cryptography;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Pictures;

/// <summary>Bytes on their way to the server, by content.</summary>
static class BlobUpload
{
    /// <summary>SHA-256, lower-case hex.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Sends bytes that are not there; null, or why the server does not take them.</summary>
    /// <exception cref="MplugApiException">The server refuses for another reason than their size.</exception>
    public static async Task<ApiError?> Send(MplugClient client, string hash, byte[] content, CancellationToken cancellation)
    {
        try
        {
            await client.PutBlob(hash, content, cancellation);
            return null;
        }
        catch (MplugApiException e) when (e.Problem.Status == 413)
        {
            return new ApiError("too_large", e.Problem.Detail);
        }
        catch (HttpRequestException e)
        {
            // A server that is in a hurry breaks off what it will not take. If it is gone altogether, this says so.
            await client.Model(cancellation);
            return new ApiError("too_large", $"the server broke off the upload of {content.Length} bytes: {e.Message}");
        }
    }
}
