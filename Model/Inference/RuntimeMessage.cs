using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Inference;

/// <summary>
/// What ONNX Runtime says of a failure, without what only its own developers can use: its error codes, the places and signatures in its sources, the
/// name of the host.
/// </summary>
public static partial class RuntimeMessage
{
    /// <summary>Whether it is the runtime that failed.</summary>
    public static bool Is(Exception failure) => failure is OnnxRuntimeException;

    /// <summary>The message of a failure; one that is not the runtime's is left as it is.</summary>
    public static string Of(Exception failure)
    {
        var message = Code().Replace(failure.Message, "");
        message = Graph().Replace(message, "");
        message = Status().Replace(message, "");
        message = Place().Replace(message, "");
        return Call().Replace(message, "").Trim();
    }

    [GeneratedRegex(@"^\[ErrorCode:\w+\]\s*")]
    private static partial Regex Code();

    /// <summary>cuDNN's description of what it was to compute: kilobytes of JSON.</summary>
    [GeneratedRegex(@"\s*with the cudnn frontend json:.*", RegexOptions.Singleline)]
    private static partial Regex Graph();

    [GeneratedRegex(@"/onnxruntime_src/\S+:\d+ (?:(?!/onnxruntime_src/).)*?\[ONNXRuntimeError\] : \d+ : \w+ : ")]
    private static partial Regex Status();

    [GeneratedRegex(@"/onnxruntime_src/\S+:\d+ [^()]*\([^()]*\)(?: const)?(?: \[with [^\]]*\])? ?")]
    private static partial Regex Place();

    [GeneratedRegex(@"\s*; GPU=-?\d+ ; hostname=.*?; expr=[^;]*;\s*")]
    private static partial Regex Call();
}
