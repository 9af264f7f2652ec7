using System.Security.Cryptography;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Gateway.Blobs;

/// <summary>Uploaded pictures, by the SHA-256 of their bytes: <c>blobs/ab/abcd...</c>.</summary>
sealed class BlobStore(IObjectStore store)
{
    /// <summary>Whether a text is a SHA-256 in lower-case hex.</summary>
    public static bool IsHash(string text) => BlobPath.IsHash(text);

    /// <summary>Hash of some bytes.</summary>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Where a blob lies.</summary>
    public static PictureReference Reference(string sha256) => new(BlobPath.Of(sha256), sha256);

    /// <summary>Whether it is there.</summary>
    public async Task<bool> Contains(string sha256, CancellationToken cancellation) =>
        await store.Head(Reference(sha256).Path, cancellation) is not null;

    /// <summary>Keeps bytes under their hash; false if they were there.</summary>
    public async Task<bool> Write(string sha256, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        !await Contains(sha256, cancellation)
        && await store.Write(Reference(sha256).Path, content, WriteCondition.None, cancellation) is not null;
}
