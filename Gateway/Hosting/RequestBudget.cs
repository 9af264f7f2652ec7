using MplugCluster.Gateway.Errors;

namespace MplugCluster.Gateway.Hosting;

/// <summary>The time that a request gives its answer.</summary>
static class RequestBudget
{
    /// <summary>Longest, in milliseconds: below the limit of the cluster's own calls.</summary>
    public const int MaxMs = 240_000;

    /// <summary>What was asked for, if it is possible, or what is usual.</summary>
    public static int Of(int? asked, int usualMs) => asked is null ? usualMs
        : asked is >= 1 and <= MaxMs ? asked.Value
        : throw Problems.InvalidRequest($"'budget_ms' is {asked}; 1 to {MaxMs} are allowed.");
}
