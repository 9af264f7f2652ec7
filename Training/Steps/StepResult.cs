namespace MplugCluster.Training.Steps;

/// <summary>What a step found; means over its batches.</summary>
/// <param name="ContrastiveLoss">Image-text contrast.</param>
/// <param name="MatchingLoss">Image-text matching.</param>
/// <param name="GradientNorm">Euclidean length of the gradient before any clipping.</param>
public sealed record StepResult(double ContrastiveLoss, double MatchingLoss, double GradientNorm)
{
    /// <summary>What is minimised: the sum of both losses.</summary>
    public double Loss => ContrastiveLoss + MatchingLoss;

    /// <summary>Whether the numbers are numbers.</summary>
    public bool IsFinite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}
