using System.Globalization;
using System.Text.Json;

namespace MplugCluster.Training.Running;

/// <summary>Lines for people in <c>log.txt</c>, and the same as JSON lines in <c>log.jsonl</c>.</summary>
sealed class TrainingLog(string directory)
{
    /// <summary>One line in both files.</summary>
    public void Write(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var (text, json) = (new List<string>(), new Dictionary<string, object?>(StringComparer.Ordinal));
        foreach (var (name, value) in values)
        {
            text.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {Readable(value)}"));
            json[name] = value is double number && !double.IsFinite(number) ? number.ToString(CultureInfo.InvariantCulture) : value;
        }

        File.AppendAllText(Path.Combine(directory, "log.txt"), string.Join("  ", text) + "\n");
        File.AppendAllText(Path.Combine(directory, "log.jsonl"), JsonSerializer.Serialize(json) + "\n");
    }

    static object? Readable(object? value) => value switch
    {
        double number when number != 0 && Math.Abs(number) < 1e-3 => number.ToString("0.00e+0", CultureInfo.InvariantCulture),
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        _ => value,
    };
}
