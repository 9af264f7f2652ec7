using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Model.Text;

/// <summary>Names and consequences of the conventions.</summary>
public static class TextConventions
{
    /// <summary>All names, for messages: <c>ms25, am30</c>.</summary>
    public const string Names = "ms25, am30";

    /// <summary>The name that files, flags and answers use.</summary>
    public static string Name(this TextConvention convention) => convention == TextConvention.Ms25 ? "ms25" : "am30";

    /// <summary>Whether pictures are turned as their EXIF data say (ModelScope) or taken as stored (AliceMind).</summary>
    public static bool AppliesOrientation(this TextConvention convention) => convention == TextConvention.Ms25;

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out TextConvention convention)
    {
        convention = name == "am30" ? TextConvention.Am30 : TextConvention.Ms25;
        return name is "ms25" or "am30";
    }
}
