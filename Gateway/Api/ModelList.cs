namespace MplugCluster.Gateway.Api;

/// <summary>Answer of <c>GET /v1/models</c>.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">The one model that is served.</param>
public sealed record ModelList(string Object, IReadOnlyList<ModelInfo> Data);
