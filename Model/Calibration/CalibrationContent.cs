namespace MplugCluster.Model.Calibration;

/// <summary>Content of <c>calibration.json</c>.</summary>
sealed record CalibrationContent
{
    /// <summary>Version of the layout that this build reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout version.</summary>
    public required int Version { get; init; }

    /// <summary>One entry for each kind of device.</summary>
    public required IReadOnlyList<CalibrationEntry> Entries { get; init; }
}
