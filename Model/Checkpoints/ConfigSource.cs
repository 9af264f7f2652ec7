using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Numbers and names from a checkpoint's two configuration files. Faults are collected, so that all are reported at once.</summary>
sealed class ConfigSource
{
    /// <summary>Published ones have one or two thousand; the YAML reader takes a second for this many brackets.</summary>
    const int MaxBytes = 1 << 15;

    readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> origins = new(StringComparer.Ordinal);
    readonly string directory;

    public ConfigSource(string directory)
    {
        this.directory = directory;
        ReadYaml(Path.Combine(directory, "config.yaml"));
        ReadJson(Path.Combine(directory, Path.GetFileName(values.GetValueOrDefault("bert_config", "config_bert.json"))));
    }

    /// <summary>Everything that is wrong so far.</summary>
    public List<string> Faults { get; } = [];

    public string? Text(string key) => values.GetValueOrDefault(key);

    /// <summary>A whole number from 1 to <paramref name="most"/>.</summary>
    public int Number(string key, int most, int? otherwise = null)
    {
        if (!values.TryGetValue(key, out var text))
        {
            if (otherwise is null)
                Faults.Add($"'{key}' is in neither config.yaml nor the BERT json of '{directory}'");
            return otherwise ?? 1;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most)
            return number;
        Faults.Add($"{origins[key]}: '{key}' is '{text}', expected a whole number from 1 to {most}");
        return 1;
    }

    public float Fraction(string key)
    {
        if (!values.TryGetValue(key, out var text))
            Faults.Add($"'{key}' is in neither config.yaml nor the BERT json of '{directory}'");
        else if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && float.IsFinite(number))
            return number;
        else
            Faults.Add($"{origins[key]}: '{key}' is '{text}', expected a number above 0");
        return 1;
    }

    void ReadYaml(string path)
    {
        try
        {
            // Events, not a document: a graph of nodes could be deep, or contain itself.
            using var reader = new StringReader(Load(path));
            var parser = new Parser(reader);
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _))
                throw new CheckpointException($"'{path}' is not a list of keys and values.");
            while (!parser.TryConsume<MappingEnd>(out _))
                ReadEntry(parser, path);
        }
        catch (YamlException e)
        {
            throw new CheckpointException($"'{path}' is not valid YAML: {e.Message}", e);
        }
    }

    /// <summary>One key and its value; only those that are plain on both sides count.</summary>
    void ReadEntry(Parser parser, string path)
    {
        var key = parser.Accept<Scalar>(out var name) ? name.Value : null;
        parser.SkipThisAndNestedEvents();
        var value = parser.Accept<Scalar>(out var scalar) ? scalar.Value : null;
        parser.SkipThisAndNestedEvents();
        if (key is not null && value is not null)
            Keep(key, value, path);
    }

    void ReadJson(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(Load(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new CheckpointException($"'{path}' is not a JSON object.");
            foreach (var entry in json.RootElement.EnumerateObject())
                Keep(entry.Name, entry.Value.ToString(), path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException($"'{path}' is not valid JSON: {e.Message}", e);
        }
    }

    void Keep(string key, string value, string path) => (values[key], origins[key]) = (value, Path.GetFileName(path));

    static string Load(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new CheckpointException(
                $"'{path}' is missing; a checkpoint directory holds config.yaml, the json that its bert_config names, vocab.txt and the weights.");
        }

        return file.Length <= MaxBytes
            ? File.ReadAllText(path)
            : throw new CheckpointException($"'{path}' has {file.Length:N0} bytes; a configuration has at most {MaxBytes:N0}.");
    }
}
