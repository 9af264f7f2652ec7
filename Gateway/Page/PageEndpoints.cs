using MplugCluster.Gateway.Errors;

namespace MplugCluster.Gateway.Page;

/// <summary>The web page: <c>/</c>, and its files below <c>/page/</c>. Browsers ask each time whether a file is still the same.</summary>
static class PageEndpoints
{
    static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", Methods, (HttpContext context) => Send(context, "index.html")).ExcludeFromDescription();
        routes.MapMethods("/page/{file}", Methods, (HttpContext context, string file) => Send(context, file)).ExcludeFromDescription();
        return routes;
    }

    static IResult Send(HttpContext context, string name)
    {
        var file = PageFiles.Find(name) ?? throw Problems.NoRoute(context.Request.Path);
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.ETag = file.Etag;
        return context.Request.Headers.IfNoneMatch.Contains(file.Etag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(file.Content, file.MediaType);
    }
}
