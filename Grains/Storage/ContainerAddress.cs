using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Grains.Storage;

/// <summary>A container of an Azure account, or what lies below a prefix of it: <c>azure:container/prefix</c>.</summary>
/// <param name="Container">The container.</param>
/// <param name="Prefix">Empty, or folders that end in '/'.</param>
public sealed record ContainerAddress(string Container, string Prefix)
{
    const string Scheme = "azure:";
    const int LeastName = 3;
    const int MostName = 63;

    /// <summary>Whether a text means a container, well written or not.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads an address.</summary>
    /// <param name="text">As <c>azure:container/prefix</c>.</param>
    /// <param name="address">The address.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ContainerAddress? address, [NotNullWhen(false)] out string? fault)
    {
        var parts = IsMeant(text) ? text[Scheme.Length..].TrimEnd('/').Split('/') : [];
        fault = parts.Length == 0 ? $"'{text}' is not a container; write azure:container or azure:container/prefix."
            : !IsContainer(parts[0]) ? $"'{parts[0]}' is not a container's name; 3 to 63 lower-case letters, digits and single hyphens are."
            : parts[1..].Any(part => part is "" or "." or "..") ? $"the prefix of '{text}' has a segment that is empty, '.' or '..'."
            : null;
        address = fault is null ? new ContainerAddress(parts[0], string.Concat(parts[1..].Select(part => part + '/'))) : null;
        return fault is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Scheme + (Prefix.Length == 0 ? Container : $"{Container}/{Prefix.TrimEnd('/')}");

    static bool IsContainer(string name) =>
        name.Length is >= LeastName and <= MostName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);
}
