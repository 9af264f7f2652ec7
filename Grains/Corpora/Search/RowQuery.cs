using MplugCluster.Grains.Corpora.Filters;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>What one caller asks of a shard.</summary>
/// <param name="Vector">The query, a unit vector.</param>
/// <param name="Kind">Items to look among; null: all.</param>
/// <param name="Filter">Condition on the items' metadata; null: none.</param>
/// <param name="TopK">Matches wanted.</param>
public sealed record RowQuery(ReadOnlyMemory<float> Vector, ItemKind? Kind, ItemFilter? Filter, int TopK);
