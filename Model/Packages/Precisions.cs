using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Model.Packages;

/// <summary>Names of the precisions.</summary>
public static class Precisions
{
    /// <summary>All names, for messages: <c>fp32, int8</c>.</summary>
    public const string Names = "fp32, int8";

    /// <summary>The name that manifests, flags and answers use.</summary>
    public static string Name(this Precision precision) => precision == Precision.Int8 ? "int8" : "fp32";

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Precision precision)
    {
        precision = name == "int8" ? Precision.Int8 : Precision.Fp32;
        return name is "fp32" or "int8";
    }
}
