using System.Security.Cryptography;
using System.Text;

namespace MplugCluster.Cli.Rank;

/// <summary>
/// Name of the corpus that a folder is indexed in: always the same for one folder of one machine, model and convention. It begins with the folder's own
/// name as far as a corpus may be called so, which is what the page shows.
/// </summary>
static class FolderCorpus
{
    const string Prefix = "folder-";
    const int HashLength = 24;
    const int MaxLabelLength = 40;

    /// <summary>The name.</summary>
    public static string Name(string folder, string fingerprint, string convention)
    {
        var label = Label(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        return label.Length > 0 ? $"{Prefix}{label}-{Hash(folder, fingerprint, convention)}" : FormerName(folder, fingerprint, convention);
    }

    /// <summary>The name that the same folder has in stores of earlier versions.</summary>
    public static string FormerName(string folder, string fingerprint, string convention) => Prefix + Hash(folder, fingerprint, convention);

    static string Hash(string folder, string fingerprint, string convention) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Path.GetFullPath(folder)}\n{fingerprint}\n{convention}")))[..HashLength];

    /// <summary>The letters and digits that a corpus's name may have; one '-' for whatever else stands between them.</summary>
    static string Label(string name)
    {
        var label = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
                label.Append(char.ToLowerInvariant(c));
            else if (label.Length > 0 && label[^1] != '-')
                label.Append('-');
        }

        return label.ToString()[..Math.Min(label.Length, MaxLabelLength)].Trim('-');
    }
}
