using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MplugCluster.Grains.Features;

/// <summary>Cache keys: everything that the numbers depend on, hashed.</summary>
static class FeatureKeys
{
    /// <summary>Key of a picture's features.</summary>
    /// <param name="contentHash">SHA-256 of the file.</param>
    /// <param name="applyOrientation">EXIF rule.</param>
    /// <param name="codec">Decoder and its version.</param>
    /// <param name="fingerprint">The package.</param>
    public static string Image(string contentHash, bool applyOrientation, string codec, string fingerprint) =>
        Hash(Encoding.UTF8.GetBytes($"image\n{contentHash}\n{(applyOrientation ? "exif" : "stored")}\n{codec}\n{fingerprint}"));

    /// <summary>Key of a text's features.</summary>
    public static string Text(int[] tokenIds, string fingerprint) =>
        Hash([.. Encoding.UTF8.GetBytes($"text\n{fingerprint}\n"), .. MemoryMarshal.AsBytes<int>(tokenIds)]);

    /// <summary>Key of the features of texts that were encoded together.</summary>
    public static string Texts(IReadOnlyList<int[]> tokenIds, string fingerprint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"texts\n{fingerprint}\n"));
        foreach (var ids in tokenIds)
        {
            hash.AppendData(BitConverter.GetBytes(ids.Length));
            hash.AppendData(MemoryMarshal.AsBytes<int>(ids));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Key by which the ring places a text.</summary>
    public static string TextPlace(int[] tokenIds) => Hash(MemoryMarshal.AsBytes<int>(tokenIds));

    static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
