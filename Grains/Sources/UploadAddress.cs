namespace MplugCluster.Grains.Sources;

/// <summary>Addresses of what clients upload: <c>upload:</c> and a name of the client's source.</summary>
public static class UploadAddress
{
    const string Scheme = "upload:";

    /// <summary>The address of a source.</summary>
    /// <param name="name">Its name; control characters, which a path may have, become <c>?</c>.</param>
    public static string Of(string name) => Scheme + string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>Whether an address is one of an upload, be its name empty.</summary>
    public static bool IsMeant(string address) => address.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Whether it has a name.</summary>
    public static bool HasName(string address) => IsMeant(address) && address.Length > Scheme.Length;
}
