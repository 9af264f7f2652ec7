using MplugCluster.Model.Architecture;

namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>What a cluster is, as far as the cost of a job depends on it.</summary>
public sealed record PlanningFacts
{
    /// <summary>The devices.</summary>
    public required IReadOnlyList<DeviceCosts> Devices { get; init; }

    /// <summary>Bytes of one picture's tokens (published model: 1.8 MB).</summary>
    public required long TokenBytes { get; init; }

    /// <summary>Bytes of tokens that the feature store may hold.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>Numbers of an embedding.</summary>
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>Mean tokens of a text. Default: 13, what devices learn their costs with.</summary>
    public double TextTokens { get; init; } = JobPlanner.UsualTextTokens;

    /// <summary>What the model takes.</summary>
    public required ModelWork Work { get; init; }

    /// <summary>Sizes of a job's parts on this cluster.</summary>
    public PartSizes SizesOf(JobLoad load) => PartSizes.Of(
        load,
        Work,
        Devices.Count == 0 || Devices.Any(device => device.Device.EndsWith("/cpu", StringComparison.Ordinal)),
        TokenBytes == 0 ? double.PositiveInfinity : (double)StoreBytes / TokenBytes);
}
