using System.Globalization;

namespace MplugCluster.Benchmarks.Table;

/// <summary>The rows of exact search, from what the benchmark of it prints; one thread, processor time.</summary>
static class SearchLines
{
    static readonly (string Case, string Figure, TableGoal Goal)[] Rows =
    [
        ("fp32, 1 query, 1 thread", "fp32, 1 query, share of the read peak, 1 thread, CPU time", new(85, " % of the read peak")),
        ("int8 + re-check, 1 query, 1 thread", "int8 over fp32, 1 query, 1 thread, CPU time", new(3, " x fp32")),
        ("fp32, 64 queries, 1 thread", "fp32, 64 queries, share of the FMA peak, 1 thread, CPU time", new(65, " % of the FMA peak")),
    ];

    /// <summary>The rows.</summary>
    /// <param name="count">Embeddings that were searched.</param>
    /// <param name="printed">What the benchmark printed; null when it failed.</param>
    public static IEnumerable<string> Of(int count, string[]? printed)
    {
        foreach (var (name, figure, goal) in Rows)
        {
            var times = Numbers(printed, name);
            yield return TableRow.Text(
                string.Create(CultureInfo.InvariantCulture, $"exact search of {count:N0}, {name}"),
                times is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{times[2]:0.00} a search"),
                times is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{times[0]:0.00}"),
                goal.Columns(Numbers(printed, figure)?[0]));
        }
    }

    /// <summary>What stands behind a name in its line.</summary>
    static double[]? Numbers(string[]? lines, string name) => lines?
        .Where(line => line.StartsWith(name + "  ", StringComparison.Ordinal))
        .Select(line => line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())
        .FirstOrDefault();
}
