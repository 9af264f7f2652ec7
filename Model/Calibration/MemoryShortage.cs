namespace MplugCluster.Model.Calibration;

/// <summary>A run failed for lack of memory and was repeated in halves, with the same results.</summary>
/// <param name="Device">The device: <c>cpu</c>, <c>cuda:0</c>.</param>
/// <param name="Work">What was run.</param>
/// <param name="Units">Pictures, texts, or pictures of pairs (texts of one picture) that were too many.</param>
/// <param name="Sizes">The sizes from now on.</param>
/// <param name="Reason">What the runtime said.</param>
/// <param name="Unremembered">Why the sizes could not be kept in the package's directory; null when they were, or when that was said before.</param>
public sealed record MemoryShortage(string Device, BatchWork Work, int Units, BatchSizes Sizes, string Reason, string? Unremembered);
