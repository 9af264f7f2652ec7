using System.Globalization;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Which rows a shard has, as its grain's key says it: <c>corpus/shard</c>, or <c>corpus/shard/path of a pinned manifest</c>.</summary>
/// <param name="Corpus">The corpus.</param>
/// <param name="Index">Which of its shards, from 0 on.</param>
/// <param name="Pin">Object of the manifest that it must show; null: the corpus as it is.</param>
public sealed record ShardAddress(string Corpus, int Index, string? Pin)
{
    /// <summary>Object of the manifest.</summary>
    public string Manifest => Pin ?? CorpusManifest.PathOf(Corpus);

    /// <summary>Reads a key.</summary>
    public static ShardAddress Parse(string key)
    {
        var parts = key.Split('/', 3);
        return new ShardAddress(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts.ElementAtOrDefault(2));
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Corpus}/{Index}") + (Pin is null ? "" : $"/{Pin}");
}
