using System.Globalization;

namespace MplugCluster.Model.Inference;

/// <summary>A device by its name: <c>cpu</c>, or <c>cuda:0</c> for the first GPU.</summary>
public sealed record DeviceName
{
    DeviceName(int? cudaIndex) => CudaIndex = cudaIndex;

    /// <summary>The processor.</summary>
    public static DeviceName Cpu { get; } = new((int?)null);

    /// <summary>Number of the GPU as CUDA counts them; null for the processor.</summary>
    public int? CudaIndex { get; }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">It is none; the message says what names look like.</exception>
    public static DeviceName Parse(string name) =>
        name == "cpu" ? Cpu
        : name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? new DeviceName(index)
        : throw new FormatException($"'{name}' is not a device; devices are 'cpu' and 'cuda:0', 'cuda:1', ...");

    /// <inheritdoc/>
    public override string ToString() => CudaIndex is { } index ? $"cuda:{index}" : "cpu";
}
