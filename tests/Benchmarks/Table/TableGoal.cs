using System.Globalization;

namespace MplugCluster.Benchmarks.Table;

/// <summary>What a row of the table is to reach.</summary>
/// <param name="Bound">The least that is enough; with <paramref name="AtMost"/> the most that is allowed.</param>
/// <param name="Unit">Of the bound and of what is found.</param>
/// <param name="AtMost">Whether less is better.</param>
sealed record TableGoal(double Bound, string Unit, bool AtMost = false)
{
    /// <summary>The last two columns: the goal, what was found, and whether that is enough.</summary>
    /// <param name="found">What was measured; null: it could not be, for <paramref name="reason"/>.</param>
    /// <param name="reason">Why nothing was measured.</param>
    public string Columns(double? found, string reason = "not measured")
    {
        var bound = string.Create(CultureInfo.InvariantCulture, $"{(AtMost ? "<=" : ">=")} {Bound}{Unit}");
        if (found is not { } value)
            return $"{bound} | {reason}";
        var met = AtMost ? value <= Bound : value >= Bound;
        return string.Create(CultureInfo.InvariantCulture, $"{bound} | {value:0.00}{Unit}, {(met ? "met" : "**missed**")}");
    }
}
