using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora;

/// <summary>Items with their embeddings, row by row.</summary>
/// <param name="Items">The items.</param>
/// <param name="Embeddings">Unit vectors <c>[items, embed_dim]</c>.</param>
public sealed record Segment(IReadOnlyList<CorpusItem> Items, float[] Embeddings);
