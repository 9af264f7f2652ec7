using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Index;

/// <summary>Pictures that a corpus has from a source, and in what state: those need not even be read again.</summary>
sealed class KnownPictures
{
    readonly Dictionary<string, (string Version, string Blob)> pictures = new(StringComparer.Ordinal);

    /// <summary>Asks the server.</summary>
    /// <param name="client">The server.</param>
    /// <param name="corpus">The corpus; one that is not there has none.</param>
    /// <param name="stamp">What versions of the source begin with.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<KnownPictures> Read(MplugClient client, string corpus, string stamp, CancellationToken cancellation)
    {
        var known = new KnownPictures();
        if (await client.FindCorpus(corpus, cancellation) is null)
            return known;
        await foreach (var item in client.Items(corpus, cancellation))
        {
            if (item is { Blob: { } blob, Source: { } version } && version.StartsWith(stamp, StringComparison.Ordinal))
                known.pictures[item.Id] = (version, blob);
        }

        return known;
    }

    /// <summary>SHA-256 of a picture, if the corpus has it in this state.</summary>
    public string? BlobOf(string id, string? version) => pictures.TryGetValue(id, out var there) && there.Version == version ? there.Blob : null;
}
