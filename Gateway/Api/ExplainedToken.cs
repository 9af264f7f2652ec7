namespace MplugCluster.Gateway.Api;

/// <summary>One word and what it attends to.</summary>
/// <param name="Token">The word as the model reads it: lower-case, without accents. Or a piece of one.</param>
/// <param name="Attention">
/// Shares of the picture's patches, row by row from the upper left corner of the picture as the model sees it; they sum to 1. The mean of the heads,
/// without what falls to no patch.
/// </param>
public sealed record ExplainedToken(string Token, IReadOnlyList<float> Attention);
