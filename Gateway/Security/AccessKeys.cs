using System.Security.Cryptography;
using System.Text;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Security;

/// <summary>The keys, compared so that the time it takes says nothing of them.</summary>
sealed class AccessKeys
{
    const string Scheme = "Bearer ";

    readonly (byte[] Hash, AccessRight Right)[] keys;

    public AccessKeys(GatewayOptions options) => keys = [.. options.AllKeys.Select(key => (Hash(key.Key), key.Right))];

    /// <summary>Whether there is none: then nobody is asked for one.</summary>
    public bool None => keys.Length == 0;

    /// <summary>What the key of an Authorization header may do; null if it is no key.</summary>
    public AccessRight? RightOf(string authorization)
    {
        // Hashes of equal length, and always all of them.
        var given = Hash(authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..] : "");
        AccessRight? right = null;
        foreach (var (hash, own) in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(given, hash))
                right = own;
        }

        return right;
    }

    static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
