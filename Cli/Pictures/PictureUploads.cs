using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Pictures;

/// <summary>
/// Pictures on this machine, brought to the server by content: what is there is not sent again. Uploads need a write key; where the request itself
/// needs only a read key, a picture that may not be uploaded travels in it.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="mayInline">Whether the request takes pictures inside it and needs no more than a read key.</param>
sealed class PictureUploads(MplugClient client, bool mayInline = false)
{
    /// <summary>Bytes of pictures in one request, so that they fit, as base64, below the 64 MiB that a server takes.</summary>
    public const int InlinePerRequest = 40 * 1024 * 1024;

    readonly Dictionary<string, (PictureInput? Picture, ApiError? Error)> done = new(StringComparer.Ordinal);
    readonly Dictionary<string, PictureInput> inline = new(StringComparer.Ordinal);
    long inlineBytes;
    bool isRefused;

    /// <summary>The uploaded picture, or why it could not be read or sent; a path is looked at once, or again where its picture had to be let go.</summary>
    public async Task<(PictureInput? Picture, ApiError? Error)> Upload(string path, CancellationToken cancellation)
    {
        if (done.TryGetValue(path, out var known))
            return known;
        if (inline.TryGetValue(path, out var held))
            return (held, null);
        var result = await Send(path, cancellation);
        if (result.Picture?.Data is { } data)
            Hold(path, result.Picture, data.Length);
        else
            done[path] = result;
        return result;
    }

    /// <summary>A long file of pairs must not fill the memory with its pictures.</summary>
    void Hold(string path, PictureInput picture, int bytes)
    {
        if (inlineBytes + bytes > InlinePerRequest)
        {
            inline.Clear();
            inlineBytes = 0;
        }

        inline[path] = picture;
        inlineBytes += bytes;
    }

    async Task<(PictureInput? Picture, ApiError? Error)> Send(string path, CancellationToken cancellation)
    {
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, new ApiError("missing", "there is no such file"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new ApiError("missing", e.Message));
        }

        var hash = BlobUpload.HashOf(content);
        if (await client.HasBlob(hash, cancellation))
            return (PictureInput.OfBlob(hash), null);
        if (isRefused)
            return Inline(content);
        try
        {
            return await BlobUpload.Send(client, hash, content, cancellation) is { } error ? (null, error) : (PictureInput.OfBlob(hash), null);
        }
        catch (MplugApiException e) when (e.Problem.Status == 403 && mayInline)
        {
            isRefused = true;
            return Inline(content);
        }
    }

    static (PictureInput? Picture, ApiError? Error) Inline(byte[] content) => content.Length <= InlinePerRequest
        ? (PictureInput.OfData(content), null)
        : (null, new ApiError(
            "too_large", $"{content.Length} bytes, more than the {InlinePerRequest} that a request holds; uploads are larger, but need a write key"));
}
