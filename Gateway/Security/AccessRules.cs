namespace MplugCluster.Gateway.Security;

/// <summary>
/// Which request needs which right: the one place that says it. Looking is Read, everything else Write; what differs stands here by the pattern of
/// its route. What no route has, and what is not named as public, needs a key like everything else.
/// </summary>
static class AccessRules
{
    /// <summary>Probes, the page and the description of the API: nothing in them is anybody's.</summary>
    static readonly string[] PublicPaths = ["/", "/livez", "/readyz", "/healthz", "/favicon.ico"];
    static readonly PathString[] PublicFolders = ["/page", "/openapi", "/scalar"];

    /// <summary>Questions that are asked by POST: they change nothing.</summary>
    static readonly HashSet<string> Questions = new(StringComparer.OrdinalIgnoreCase)
    {
        "/v1/image-text-retrieval",
        "/v1/embeddings",
        "/v1/rerank",
        "/v2/rerank",
        "/v1/explain",
        "/v1/annotations",
        "/v1/corpora/{name}/search",
    };

    /// <summary>What takes away or changes what others rely on.</summary>
    static readonly HashSet<(string Method, string Pattern)> AdminOnly = new()
    {
        ("DELETE", "/v1/corpora/{name}"),
        ("POST", "/v1/corpora/{name}/adopt"),
        ("GET", "/v1/cache"),
        ("POST", "/v1/cache/clear"),
    };

    /// <summary>Whether a path needs no key.</summary>
    public static bool IsPublic(PathString path) =>
        PublicPaths.Contains(path.Value, StringComparer.Ordinal) || PublicFolders.Any(folder => path.StartsWithSegments(folder, StringComparison.Ordinal));

    /// <summary>What a request needs.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="pattern">Pattern of its route, as <c>/v1/corpora/{name}</c>; null where there is none.</param>
    /// <param name="path">Its path.</param>
    public static AccessRight Needed(string method, string? pattern, PathString path) =>
        path.StartsWithSegments("/dashboard", StringComparison.OrdinalIgnoreCase) || (pattern is not null && AdminOnly.Contains((method.ToUpperInvariant(), pattern))) ? AccessRight.Admin
        : pattern is null || HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || Questions.Contains(pattern) ? AccessRight.Read
        : AccessRight.Write;
}
