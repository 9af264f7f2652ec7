namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora/{name}/items</c>.</summary>
/// <param name="Items">At most 1,000 items; one that is there is replaced.</param>
/// <param name="BudgetMs">Time for the answer, in milliseconds. Default: 240,000, at most 240,000.</param>
public sealed record ItemBatch(IReadOnlyList<ItemInput> Items, int? BudgetMs = null);
