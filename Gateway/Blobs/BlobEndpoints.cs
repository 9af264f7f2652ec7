using Microsoft.AspNetCore.Http.Features;
using MplugCluster.Gateway.Errors;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Blobs;

/// <summary><c>HEAD</c> and <c>PUT /v1/blobs/{sha256}</c>: pictures go up once, by content.</summary>
static class BlobEndpoints
{
    public static IEndpointRouteBuilder MapBlobs(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/blobs/{sha256}", [HttpMethods.Head], Head);
        routes.MapPut("/blobs/{sha256}", Put);
        return routes;
    }

    static async Task<IResult> Head(string sha256, BlobStore blobs, CancellationToken cancellation) =>
        BlobStore.IsHash(sha256) && await blobs.Contains(sha256, cancellation) ? Results.Ok() : throw Problems.NoBlob(sha256);

    static async Task<IResult> Put(string sha256, HttpContext context, BlobStore blobs, MplugOptions options, CancellationToken cancellation)
    {
        if (!BlobStore.IsHash(sha256))
            throw Problems.InvalidRequest($"'{sha256}' is not a SHA-256 in lower-case hex.");
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = options.Pictures.MaxBytes;
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, cancellation);
        var bytes = content.GetBuffer().AsMemory(0, (int)content.Length);
        var found = BlobStore.Hash(bytes.Span);
        if (found != sha256)
            throw Problems.HashMismatch(sha256, found);
        return Results.StatusCode(await blobs.Write(sha256, bytes, cancellation) ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }
}
