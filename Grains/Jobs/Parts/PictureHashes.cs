using System.Security.Cryptography;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Content hashes of pictures that an input names only by their place.</summary>
sealed class PictureHashes(SourceCatalog sources)
{
    /// <summary>Pictures that are read at a time.</summary>
    const int AtATime = 8;

    /// <summary>The picture with its content hash, or why it has none. A source that fails throws: that is no fault of the picture.</summary>
    public async Task<(PictureReference? Picture, ItemError? Error)> Resolve(PictureReference picture, CancellationToken cancellation)
    {
        if (picture.ContentHash.Length > 0)
            return (picture, null);
        var content = await sources.Open(picture.Source).ReadRange(picture.Path, picture.Offset, picture.Length, cancellation);
        return content is null
            ? (null, new ItemError("missing", $"The picture is not there ('{picture.Path}')."))
            : (picture with { ContentHash = Convert.ToHexStringLower(SHA256.HashData(content)) }, null);
    }

    /// <summary>Several pictures, in order; null for those that are not to be touched.</summary>
    public async Task<(PictureReference? Picture, ItemError? Error)[]> Resolve(
        IReadOnlyList<PictureReference?> pictures, CancellationToken cancellation)
    {
        var resolved = new (PictureReference?, ItemError?)[pictures.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, pictures.Count).Where(i => pictures[i] is not null),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
            async (i, token) => resolved[i] = await Resolve(pictures[i]!, token));
        return resolved;
    }
}
