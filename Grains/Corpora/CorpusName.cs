using System.Text.RegularExpressions;

namespace MplugCluster.Grains.Corpora;

/// <summary>Which names a corpus may have: they become folder names and parts of addresses.</summary>
public static partial class CorpusName
{
    /// <summary>What is allowed, for messages.</summary>
    public const string Rule = "1 to 100 characters of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit";

    /// <summary>Whether a name is allowed.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,99}\z")]
    private static partial Regex Pattern();
}
