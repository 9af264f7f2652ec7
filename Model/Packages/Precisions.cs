using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Model.Packages;

/// <summary>Names of the precisions.</summary>
public static class Precisions
{
    /// <summary>All names, for messages: <c>fp32, fp16, int8</c>.</summary>
    public const string Names = "fp32, fp16, int8";

    /// <summary>The name that manifests, flags and answers use.</summary>
    public static string Name(this Precision precision) => precision switch
    {
        Precision.Int8 => "int8",
        Precision.Fp16 => "fp16",
        _ => "fp32",
    };

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Precision precision)
    {
        precision = name switch { "int8" => Precision.Int8, "fp16" => Precision.Fp16, _ => Precision.Fp32 };
        return name is "fp32" or "fp16" or "int8";
    }

    /// <summary>
    /// Whether pairs may be scored in two forms. They give the same scores to the last digits in fp32, but not once numbers are rounded on the way: which
    /// one scores a pair depends on the picture's other texts, so a package of less precision has one.
    /// </summary>
    internal static bool HasTwoForms(this Precision precision) => precision == Precision.Fp32;
}
