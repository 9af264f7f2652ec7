using System.Globalization;

namespace MplugCluster.Cli.Terminal;

/// <summary>Numbers of things, for people: "1 pair", "2 pairs".</summary>
static class Counted
{
    /// <summary>A number with its noun.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The noun, of one.</param>
    /// <param name="many">Of several. Default: with an s.</param>
    public static string Of(double number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:0} {(number == 1 ? one : many ?? one + "s")}");
}
