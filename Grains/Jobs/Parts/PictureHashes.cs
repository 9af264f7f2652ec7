using System.Collections.Concurrent;
using System.Security.Cryptography;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Content hashes of pictures that an input names only by their place.</summary>
sealed class PictureHashes(PictureFiles files)
{
    /// <summary>Pictures that are read at a time.</summary>
    const int AtATime = 8;

    /// <summary>The picture with its content hash and, if it had to be read for that, its bytes; or why it cannot be used.</summary>
    public async Task<ResolvedPicture> Resolve(PictureReference picture, Deadline deadline, CancellationToken cancellation)
    {
        if (picture.ContentHash.Length > 0)
            return new ResolvedPicture(picture, null, null);
        using var reading = deadline.Begin(WorkActivity.Download);
        var (content, error) = await files.Read(picture, cancellation);
        return content is null
            ? new ResolvedPicture(null, null, error)
            : new ResolvedPicture(picture with { ContentHash = Convert.ToHexStringLower(SHA256.HashData(content)) }, content, null);
    }

    /// <summary>Several pictures, in order; null for those that are not given. Each is read once, however often it is given.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="keepsContent">Whether bytes that were read are wanted; of thousands of pictures they would fill the memory.</param>
    /// <param name="deadline">Where the reading is counted.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<ResolvedPicture?[]> Resolve(IReadOnlyList<PictureReference?> pictures, bool keepsContent, Deadline deadline, CancellationToken cancellation)
    {
        var resolved = new ConcurrentDictionary<PictureReference, ResolvedPicture>();
        await Parallel.ForEachAsync(
            pictures.OfType<PictureReference>().Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
            async (picture, token) =>
            {
                var found = await Resolve(picture, deadline, token);
                resolved[picture] = keepsContent ? found : found with { Content = null };
            });
        return [.. pictures.Select(picture => picture is null ? null : resolved[picture])];
    }
}
