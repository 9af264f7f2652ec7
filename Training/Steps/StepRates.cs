namespace MplugCluster.Training.Steps;

/// <summary>What changes from step to step.</summary>
/// <param name="Alpha">Share of the momentum encoders' opinion in the contrastive targets.</param>
/// <param name="Rate">Learning rate of all weights but the vision transformer's.</param>
/// <param name="VisionRate">Learning rate of the vision transformer.</param>
public sealed record StepRates(double Alpha, double Rate, double VisionRate);
