namespace MplugCluster.Gateway.Api;

/// <summary>A page of items, by id.</summary>
/// <param name="Data">The items.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
public sealed record ItemList(IReadOnlyList<ItemInfo> Data, string? NextCursor);
