using System.Globalization;
using System.Text.RegularExpressions;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Onnx;

/// <summary>What to do about a GPU that does not start.</summary>
static partial class CudaAdvice
{
    const string Needs = "ONNX Runtime's CUDA provider needs an NVIDIA driver, CUDA 13 and cuDNN 9 where the loader finds them (LD_LIBRARY_PATH).";

    /// <summary>What the runtime said, and what helps.</summary>
    public static string On(Exception failure, CudaSettings settings)
    {
        var said = RuntimeMessage.Of(failure);
        if (MissingLibrary().Match(said) is { Success: true } missing)
            return $"the library {missing.Groups[1].Value} is missing. {Needs}";
        if (MissingDevice().Match(said) is { Success: true } device)
        {
            var count = int.Parse(device.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            return count == 0 ? $"CUDA finds no GPU here. {Needs}"
                : $"there is no such GPU: CUDA finds {count} here, cuda:0{(count > 1 ? $" to cuda:{count - 1}" : "")}.";
        }

        return $"{said.TrimEnd('.')}." + (
            MemoryFaults.Is(failure) ? " Its memory may be in use by others (nvidia-smi), or limited by Mplug__Device__GpuMemoryBytes; an fp16 package takes half."
            : DeviceFaults.IsFinal(failure) ? ""
            : settings.Graphs && !Libraries().IsMatch(said) ? " It was to record CUDA graphs; try it without them (Mplug__Device__GpuGraphs=false)."
            : Libraries().IsMatch(said) ? $" {Needs}" : "");
    }

    /// <summary>The loader's words, for what the provider needs from its start and for what it looks for later.</summary>
    [GeneratedRegex(@"\b(lib[\w+.-]+?\.so(?:\.\d+)*): cannot open shared object file")]
    private static partial Regex MissingLibrary();

    /// <summary>What NVIDIA's libraries and driver say, or is said of them.</summary>
    [GeneratedRegex(@"cuda failure \d+|cudnn|cublas|driver|librar", RegexOptions.IgnoreCase)]
    private static partial Regex Libraries();

    [GeneratedRegex(@"Invalid device ID: \d+, must be between 0 \(inclusive\) and (\d+) \(exclusive\)")]
    private static partial Regex MissingDevice();
}
