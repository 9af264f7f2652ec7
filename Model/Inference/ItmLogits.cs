namespace MplugCluster.Model.Inference;

/// <summary>The two outputs of <c>itm_head</c> for one picture and one text.</summary>
/// <param name="NoMatch">Logit of class 0.</param>
/// <param name="Match">Logit of class 1: the "ITM logit" that reranking orders by.</param>
public readonly record struct ItmLogits(float NoMatch, float Match)
{
    /// <summary>Softmax of class 1, in 0..1.</summary>
    public float MatchProbability => (float)(1.0 / (1.0 + Math.Exp((double)NoMatch - Match)));

    /// <summary>Softmax of class 0; exact where <see cref="MatchProbability"/> is close to 1.</summary>
    public float NoMatchProbability => (float)(1.0 / (1.0 + Math.Exp((double)Match - NoMatch)));
}
