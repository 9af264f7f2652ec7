namespace MplugCluster.Gateway.Errors;

/// <summary>How many a page of a list has.</summary>
static class PageSize
{
    /// <summary>What the request's <c>limit</c> says; a wrong one ends the request, where a silent other number would look like all there is.</summary>
    public static int Of(int? limit, int usual, int most) => (limit ?? usual) is var size && size >= 1 && size <= most
        ? size
        : throw Problems.InvalidRequest($"'limit' is {size}; 1 to {most} are allowed.");
}
