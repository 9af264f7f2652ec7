namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora/{name}/items/delete</c>.</summary>
/// <param name="Ids">At most 10,000; unknown ones are passed over.</param>
public sealed record ItemRemoval(IReadOnlyList<string> Ids);
