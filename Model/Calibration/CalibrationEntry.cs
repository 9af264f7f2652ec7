namespace MplugCluster.Model.Calibration;

/// <summary>Batch sizes of a package on one kind of device, as <see cref="CalibrationFile"/> keeps them.</summary>
/// <param name="Provider">See <see cref="CalibrationKey"/>.</param>
/// <param name="Device">See <see cref="CalibrationKey"/>.</param>
/// <param name="Threads">See <see cref="CalibrationKey"/>.</param>
/// <param name="Images">See <see cref="BatchSizes"/>.</param>
/// <param name="TextTokens">See <see cref="BatchSizes"/>.</param>
/// <param name="PairImages">See <see cref="BatchSizes"/>.</param>
/// <param name="PairTexts">See <see cref="BatchSizes"/>.</param>
sealed record CalibrationEntry(string Provider, string Device, int Threads, int Images, int TextTokens, int PairImages, int PairTexts)
{
    public CalibrationKey Key => new(Provider, Device, Threads);

    public BatchSizes Sizes => new(Images, TextTokens, PairImages, PairTexts);

    public static CalibrationEntry Of(CalibrationKey key, BatchSizes sizes) =>
        new(key.Provider, key.Device, key.Threads, sizes.Images, sizes.TextTokens, sizes.PairImages, sizes.PairTexts);
}
