using System.Security.Cryptography;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Pictures;

/// <summary>Bytes on their way to the server, by content.</summary>
static class BlobUpload
{
    /// <summary>Bytes from which on a server may break an upload off because of its size alone; the client asks before it sends so many.</summary>
    const int MayBeTooLarge = 1 << 20;

    const int Tries = 5;

    /// <summary>Code of an upload that never came to its end: perhaps it is too large, perhaps it is the network.</summary>
    public const string BrokenOff = "broken_off";

    /// <summary>SHA-256, lower-case hex.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Whether bytes are there.</summary>
    public static Task<bool> IsThere(MplugClient client, string hash, CancellationToken cancellation) =>
        Patiently(() => client.HasBlob(hash, cancellation), cancellation);

    /// <summary>Sends bytes that are not there; null, or why the server does not take them.</summary>
    /// <exception cref="MplugApiException">The server refuses for another reason than their size.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public static async Task<ApiError?> Send(MplugClient client, string hash, byte[] content, CancellationToken cancellation)
    {
        try
        {
            await Patiently(Put, cancellation);
            return null;
        }
        catch (MplugApiException e) when (e.Problem.Status == 413)
        {
            return new ApiError("too_large", e.Problem.Detail);
        }
        catch (HttpRequestException e) when (content.Length >= MayBeTooLarge)
        {
            // A server that is in a hurry breaks off what it will not take, again and again. If it is gone altogether, this says so.
            await client.Model(cancellation);
            return new ApiError(BrokenOff, $"the server broke off the upload of {content.Length} bytes, as it does with what is too large: {e.Message}");
        }

        async Task<bool> Put()
        {
            await client.PutBlob(hash, content, cancellation);
            return true;
        }
    }

    /// <summary>Asks again where a server goes through a restart, or the network does: what is sent twice is there once.</summary>
    static async Task<T> Patiently<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (attempt < Tries && (e is HttpRequestException or MplugApiException { Problem.Status: 408 or 502 or 503 or 504 }))
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellation);
            }
        }
    }
}
