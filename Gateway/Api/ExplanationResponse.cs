namespace MplugCluster.Gateway.Api;

/// <summary>Answer to an <see cref="ExplanationQuery"/>.</summary>
/// <param name="Layer">Fusion layer that this is the attention of, counted from 0.</param>
/// <param name="Layers">Fusion layers of the model.</param>
/// <param name="Tokens">Words of the text in their order, as far as the model reads it.</param>
/// <param name="Grid">Rows and columns of a map.</param>
/// <param name="ItmLogit">Logit of class 1 of the ITM head.</param>
/// <param name="ItmProbability">Softmax of it.</param>
/// <param name="Features">Where the picture's features came from.</param>
public sealed record ExplanationResponse(
    int Layer,
    int Layers,
    IReadOnlyList<ExplainedToken> Tokens,
    IReadOnlyList<int> Grid,
    float ItmLogit,
    float ItmProbability,
    FeatureCounts Features);
