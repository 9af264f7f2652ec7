namespace MplugCluster.Gateway.Api;

/// <summary>Answer of <c>POST /v1/annotations</c>.</summary>
/// <param name="Splits">Pictures of each split of a Karpathy file; empty where the file has no splits.</param>
/// <param name="Split">The split that <paramref name="Pictures"/> are of. Null: there are no splits, or no <c>test</c>, and none was asked for.</param>
/// <param name="Pictures">The pictures, in the order in which they first come.</param>
public sealed record AnnotationSet(IReadOnlyDictionary<string, int> Splits, string? Split, IReadOnlyList<AnnotatedFile> Pictures);
