namespace MplugCluster.Gateway.OpenApi;

/// <summary>What the description of the API says of one operation beyond what its handler shows.</summary>
/// <param name="Id">Its name in clients that are generated.</param>
/// <param name="Tag">Its group.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Problems">Types of problem that it has besides those of all operations.</param>
sealed record ApiOperation(string Id, string Tag, string Summary, params string[] Problems)
{
    /// <summary>Answers that the handler's own type does not show: status, body (none: null), media type.</summary>
    public (int Status, Type? Body, string MediaType)[] Answers { get; init; } = [];
}
