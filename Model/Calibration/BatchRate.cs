namespace MplugCluster.Model.Calibration;

/// <summary>How fast runs of one size are.</summary>
/// <param name="Work">What was run.</param>
/// <param name="Size">The size: pictures, tokens of texts, or pictures of pairs.</param>
/// <param name="PerSecond">Pictures, texts or pairs in a second, the median of some runs; null: memory was not enough.</param>
/// <param name="Chosen">Whether it is the one to take.</param>
public sealed record BatchRate(BatchWork Work, int Size, double? PerSecond, bool Chosen);
