using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace MplugCluster.Cluster.Tests.Infra;

/// <summary>A node of a YAML document, with merge keys resolved; what is not there is an empty node.</summary>
sealed class Yaml(object? value)
{
    /// <summary>The documents of a file below <c>infra</c>.</summary>
    public static Yaml[] Read(params string[] path)
    {
        using var reader = new StreamReader(Repository.Path(["infra", .. path]));
        var parser = new MergingParser(new Parser(reader));
        var deserializer = new DeserializerBuilder().WithDuplicateKeyChecking().Build();
        parser.Consume<StreamStart>();
        var documents = new List<Yaml>();
        while (parser.Accept<DocumentStart>(out _))
            documents.Add(new Yaml(deserializer.Deserialize<object?>(parser)));
        return [.. documents];
    }

    public Yaml this[string key] => new(value is Dictionary<object, object?> map ? map.GetValueOrDefault(key) : null);

    public string Text => value as string ?? "";

    public bool Exists => value is not null;

    public IEnumerable<Yaml> Items => value is List<object?> list ? list.Select(item => new Yaml(item)) : [];

    public IEnumerable<string> Keys => value is Dictionary<object, object?> map ? map.Keys.Cast<string>() : [];
}
