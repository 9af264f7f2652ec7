using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Gateway.Pictures;

/// <summary>
/// <c>GET /v1/corpora/{name}/items/{id}/picture</c> and <c>.../thumbnail?size=256</c>. The ETag is the content hash; with <c>version</c>, the hash that the
/// caller knows, the answer may be kept for ever, without it the item may have another picture tomorrow and is asked for again.
/// </summary>
static class PictureEndpoints
{
    const int DefaultSide = 256;
    const int BudgetMs = 30_000;
    const string ForEver = "private, max-age=31536000, immutable";
    const string AskAgain = "private, no-cache";

    public static IEndpointRouteBuilder MapPictures(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/corpora/{name}/items/{id}/picture", Original);
        routes.MapGet("/corpora/{name}/items/{id}/thumbnail", Thumbnail);
        return routes;
    }

    static async Task<IResult> Original(
        string name, HttpContext context, string? version, IGrainFactory grains, PictureViews views, CancellationToken cancellation)
    {
        var (id, picture) = await Find(name, context, grains, cancellation);
        if (IsKnown(context, picture.ContentHash, version, picture.ContentHash))
            return Results.StatusCode(StatusCodes.Status304NotModified);
        return Send(context, id, await views.Original(picture, cancellation));
    }

    static async Task<IResult> Thumbnail(
        string name, int? size, HttpContext context, string? version, IGrainFactory grains, PictureViews views, CancellationToken cancellation)
    {
        var side = size ?? DefaultSide;
        if (side is < PictureThumbnails.MinSide or > PictureThumbnails.MaxSide)
            throw Problems.InvalidRequest($"'size' is {side}; {PictureThumbnails.MinSide} to {PictureThumbnails.MaxSide} pixels are allowed.");
        var (id, picture) = await Find(name, context, grains, cancellation);
        if (IsKnown(context, picture.ContentHash, version, $"{picture.ContentHash}-{side}"))
            return Results.StatusCode(StatusCodes.Status304NotModified);
        var made = await views.Thumbnail(picture, side, Deadline.In(BudgetMs), cancellation);
        Problems.ThrowIfFailed(new DeviceReply(made.Status, made.Message, made.RetryAfterMs));
        return Send(context, id, made.Value!);
    }

    static async Task<(string Id, PictureReference Picture)> Find(string name, HttpContext context, IGrainFactory grains, CancellationToken cancellation)
    {
        var id = ItemId.Of(context);
        var corpus = grains.Corpus(name);
        var item = (await corpus.Find([id], cancellation))[0];
        if (item is null)
        {
            Problems.ThrowIfFailed(await corpus.Describe(cancellation), name);
            throw Problems.NoItem(name, id);
        }

        return (id, item.Picture ?? throw Problems.NoPicture(id, "The item is a text."));
    }

    /// <summary>Sets the validator, and says whether the caller has these very bytes.</summary>
    static bool IsKnown(HttpContext context, string hash, string? version, string tag)
    {
        var etag = $"\"{tag}\"";
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = version == hash ? ForEver : AskAgain;
        return context.Request.Headers.IfNoneMatch.Any(known => known!.Contains(etag, StringComparison.Ordinal));
    }

    static IResult Send(HttpContext context, string id, PictureView view)
    {
        if (view.Error is { } error)
        {
            throw error.Code switch
            {
                "missing" => Problems.NoPicture(id, error.Reason),
                "changed" => Problems.PictureChanged(id, error.Reason),
                _ => Problems.BadPicture(error.Code, $"'{id}': {error.Reason}"),
            };
        }

        // Of bytes that somebody uploaded a browser must make nothing but a picture.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return Results.Bytes(view.Content!, view.MediaType);
    }
}
