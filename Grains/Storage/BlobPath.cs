namespace MplugCluster.Grains.Storage;

/// <summary>Where uploaded pictures lie in the cluster's store: by the SHA-256 of their bytes, <c>blobs/ab/abcd...</c>.</summary>
public static class BlobPath
{
    const int HashLength = 64;

    /// <summary>Whether a text is a SHA-256 in lower-case hex.</summary>
    public static bool IsHash(string text) => text.Length == HashLength && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    /// <summary>The path of a blob.</summary>
    /// <param name="sha256">Its hash.</param>
    public static string Of(string sha256) => $"blobs/{sha256[..2]}/{sha256}";
}
