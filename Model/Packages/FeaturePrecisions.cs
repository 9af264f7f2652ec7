using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Model.Packages;

/// <summary>Names and sizes of the feature precisions.</summary>
public static class FeaturePrecisions
{
    /// <summary>All names, for messages: <c>fp32, fp16</c>.</summary>
    public const string Names = "fp32, fp16";

    /// <summary>The name that manifests, flags and answers use.</summary>
    public static string Name(this FeaturePrecision precision) => precision == FeaturePrecision.Fp16 ? "fp16" : "fp32";

    /// <summary>Bytes of a number.</summary>
    public static int NumberBytes(this FeaturePrecision precision) => precision == FeaturePrecision.Fp16 ? 2 : sizeof(float);

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out FeaturePrecision precision)
    {
        precision = name == "fp16" ? FeaturePrecision.Fp16 : FeaturePrecision.Fp32;
        return name is "fp32" or "fp16";
    }
}
