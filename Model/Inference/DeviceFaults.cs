using System.Globalization;
using System.Text.RegularExpressions;

namespace MplugCluster.Model.Inference;

/// <summary>
/// Tells failures that a GPU does not come back from before the process ends: CUDA gives every later call the same error then. ONNX Runtime has one
/// exception for all, so its text is what counts.
/// </summary>
public static partial class DeviceFaults
{
    /// <summary>
    /// Numbers of such CUDA errors: a driver that is going, uncorrectable memory, an unusable context, and everything that stops a kernel in the middle
    /// (illegal address, instruction, program counter or stack, misaligned address, assertion, timeout, failed launch).
    /// </summary>
    static readonly HashSet<int> Numbers = [4, 201, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 999];

    /// <summary>The same by their names, for where a kernel of the runtime speaks.</summary>
    static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "cudaErrorCudartUnloading",
        "cudaErrorDeviceUninitialized",
        "cudaErrorECCUncorrectable",
        "cudaErrorNvlinkUncorrectable",
        "cudaErrorContained",
        "cudaErrorIllegalAddress",
        "cudaErrorLaunchTimeout",
        "cudaErrorContextIsDestroyed",
        "cudaErrorAssert",
        "cudaErrorHardwareStackError",
        "cudaErrorIllegalInstruction",
        "cudaErrorMisalignedAddress",
        "cudaErrorInvalidAddressSpace",
        "cudaErrorInvalidPc",
        "cudaErrorLaunchFailure",
        "cudaErrorTensorMemoryLeak",
        "cudaErrorUnknown",
    };

    /// <summary>The same in words, for where only a library beside CUDA speaks, in lower case.</summary>
    static readonly string[] Words =
    [
        "illegal memory access",
        "unspecified launch failure",
        "device-side assert",
        "misaligned address",
        "uncorrectable ecc error",
        "gpu is lost",
        "device is lost",
        "device lost",
    ];

    /// <summary>Whether the device is lost until the process restarts.</summary>
    public static bool IsFinal(Exception failure) =>
        Cuda().Matches(failure.Message).Any(match => int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var number) && Numbers.Contains(number))
        || Named().Matches(failure.Message).Any(match => Names.Contains(match.Groups[1].Value))
        || Words.Any(word => failure.Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\bCUDA failure (\d+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Cuda();

    [GeneratedRegex(@"\bCUDA error (cudaError\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
