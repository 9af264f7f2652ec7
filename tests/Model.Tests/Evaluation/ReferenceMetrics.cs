using System.Text.Json;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Model.Tests.Evaluation;

/// <summary>Metrics beside the reference's own.</summary>
static class ReferenceMetrics
{
    /// <summary>Every metric exactly.</summary>
    public static void AssertSame(JsonElement expected, RecallMetrics found)
    {
        var json = JsonSerializer.SerializeToElement(found);
        foreach (var metric in expected.EnumerateObject())
            Assert.Equal(metric.Value.GetDouble(), json.GetProperty(metric.Name).GetDouble(), 1e-9);
    }

    /// <summary>Ties of unscored entries leave the reference itself a range; where it is a single value ours must be that.</summary>
    public static void AssertInRange(string folder, string run, JsonElement found)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected", "expected.json")));
        var result = json.RootElement.GetProperty("results").GetProperty(run);
        foreach (var metric in result.GetProperty("metrics").EnumerateObject().Where(metric => !metric.Name.EndsWith("mean", StringComparison.Ordinal)))
        {
            var (low, high) = result.TryGetProperty("tie_range", out var ranges) && ranges.TryGetProperty(metric.Name, out var range)
                ? (range[0].GetDouble(), range[1].GetDouble())
                : (metric.Value.GetDouble(), metric.Value.GetDouble());
            Assert.InRange(found.GetProperty(metric.Name).GetDouble(), low - 1e-9, high + 1e-9);
        }
    }
}
