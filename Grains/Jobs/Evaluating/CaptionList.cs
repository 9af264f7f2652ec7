namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// The captions of a set, and their token ids in groups of neighbours: pair parts ask for the same groups over and over, so each is tokenized
/// once.
/// </summary>
sealed class CaptionList(string[] texts)
{
    /// <summary>Captions of a group: what a device encodes in one run.</summary>
    public const int GroupSize = 128;

    readonly int[][]?[] groups = new int[(texts.Length + GroupSize - 1) / GroupSize][][];

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Texts => texts;

    /// <summary>Token ids of a group's captions. The same tokenizer must be given each time; two callers at once at worst do the same twice.</summary>
    public int[][] Tokens(int group, Func<string, int[]> tokenize) => groups[group] ??=
        [.. texts.AsSpan(group * GroupSize, Math.Min(GroupSize, texts.Length - group * GroupSize)).ToArray().Select(tokenize)];
}
