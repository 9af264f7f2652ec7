using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Numbers and names from a checkpoint's two configuration files. Faults are collected, so that all are reported at once.</summary>
sealed class ConfigSource
{
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

    /// <summary>A whole number above 0.</summary>
    public int Number(string key, int? otherwise = null)
    {
        if (!values.TryGetValue(key, out var text))
        {
            if (otherwise is null)
                Faults.Add($"'{key}' is in neither config.yaml nor the BERT json of '{directory}'");
            return otherwise ?? 1;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return number;
        Faults.Add($"{origins[key]}: '{key}' is '{text}', expected a whole number above 0");
        return 1;
    }

    public float Fraction(string key)
    {
        if (!values.TryGetValue(key, out var text))
            Faults.Add($"'{key}' is in neither config.yaml nor the BERT json of '{directory}'");
        else if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0)
            return number;
        else
            Faults.Add($"{origins[key]}: '{key}' is '{text}', expected a number above 0");
        return 1;
    }

    void ReadYaml(string path)
    {
        try
        {
            var yaml = new YamlStream();
            using var reader = new StringReader(Load(path));
            yaml.Load(reader);
            if (yaml.Documents.FirstOrDefault()?.RootNode is not YamlMappingNode root)
                throw new CheckpointException($"'{path}' is not a list of keys and values.");
            foreach (var (key, value) in root.Children)
            {
                if (key is YamlScalarNode { Value: { } name } && value is YamlScalarNode { Value: { } scalar })
                    Keep(name, scalar, path);
            }
        }
        catch (YamlException e)
        {
            throw new CheckpointException($"'{path}' is not valid YAML: {e.Message}", e);
        }
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
        catch (JsonException e)
        {
            throw new CheckpointException($"'{path}' is not valid JSON: {e.Message}", e);
        }
    }

    void Keep(string key, string value, string path) => (values[key], origins[key]) = (value, Path.GetFileName(path));

    static string Load(string path) => File.Exists(path)
        ? File.ReadAllText(path)
        : throw new CheckpointException(
            $"'{path}' is missing; a checkpoint directory holds config.yaml, the json that its bert_config names, vocab.txt and the weights.");
}
