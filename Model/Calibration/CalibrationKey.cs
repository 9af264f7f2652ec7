using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Calibration;

/// <summary>What batch sizes were measured on.</summary>
/// <param name="Provider"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Device">The processor's or the GPU's own name.</param>
/// <param name="Threads">Threads of the inference pool; 0 for a GPU, which has none of them.</param>
public sealed record CalibrationKey(string Provider, string Device, int Threads)
{
    const string Processors = "/proc/cpuinfo";
    const string Gpus = "/proc/driver/nvidia/gpus";

    /// <summary>The key of a device of this machine.</summary>
    /// <param name="device">The device.</param>
    /// <param name="threads">Threads of the inference pool; 0 for one for each core.</param>
    public static CalibrationKey Of(DeviceName device, int threads) => device.CudaIndex is { } index
        ? new CalibrationKey("cuda", Gpu(index), 0)
        : new CalibrationKey("cpu", Processor(), threads > 0 ? threads : Environment.ProcessorCount);

    /// <inheritdoc/>
    public override string ToString() => Threads == 0 ? $"{Provider} ({Device})" : $"{Provider} ({Device}, {Threads} threads)";

    static string Processor() =>
        Field(Processors, "model name") ?? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The driver lists GPUs by their place on the bus; on a machine with several kinds CUDA may count them otherwise.</summary>
    static string Gpu(int index)
    {
        if (!Directory.Exists(Gpus))
            return "GPU";
        string[] places = [.. Directory.EnumerateDirectories(Gpus).Order(StringComparer.Ordinal)];
        return index < places.Length ? Field(Path.Combine(places[index], "information"), "Model") ?? "GPU" : "GPU";
    }

    static string? Field(string file, string name)
    {
        try
        {
            return File.ReadLines(file).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
                .FirstOrDefault(parts => parts.Length == 2 && parts[0] == name && parts[1].Length > 0)?[1];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not every system says what it is; the general name serves too.
            return null;
        }
    }
}
