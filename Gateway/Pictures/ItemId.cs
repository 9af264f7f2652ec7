using Microsoft.AspNetCore.Http.Features;

namespace MplugCluster.Gateway.Pictures;

/// <summary>
/// The id in <c>.../items/{id}/picture</c>. The server's own decoding leaves <c>%2F</c> alone, after which the ids <c>a/b</c> and <c>a%2Fb</c> cannot be told
/// apart; so the id is taken from the request as it came.
/// </summary>
static class ItemId
{
    public static string Of(HttpContext context) => Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    /// <summary>The last segment but one of a request's target, decoded.</summary>
    internal static string Parse(string target)
    {
        var end = target.IndexOf('?');
        var path = (end < 0 ? target : target[..end]).TrimEnd('/').Split('/');
        return Uri.UnescapeDataString(path[^2]);
    }
}
