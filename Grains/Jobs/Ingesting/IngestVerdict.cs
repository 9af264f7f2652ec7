using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>What becomes of an item.</summary>
/// <param name="Id">The item.</param>
/// <param name="Outcome"><c>added</c>, <c>replaced</c>, <c>unchanged</c>, <c>duplicate</c>, <c>removed</c> or <c>failed</c>.</param>
/// <param name="Item">The row, for items that are added or replaced.</param>
/// <param name="DuplicateOf">The item that has the same content.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="IsListed">
/// Whether the listing had it as an item. What it rejected, be it the second line of an id, says nothing of the item that the corpus has.
/// </param>
sealed record IngestVerdict(string Id, string Outcome, CorpusItem? Item = null, string? DuplicateOf = null, ItemError? Error = null, bool IsListed = true);
