using System.Text.RegularExpressions;

namespace MplugCluster.Model.Text;

/// <summary>What AliceMind does to a caption before it is tokenised.</summary>
/// <remarks>Source: AliceMind mPLUG/dataset/utils.py pre_caption.</remarks>
static partial class CaptionPreparation
{
    const int MaxWords = 30;

    /// <summary>Lower-cases, deletes most punctuation, folds blanks and keeps the first 30 words.</summary>
    public static string Prepare(string caption)
    {
        caption = Deleted().Replace(PythonLower.Lower(caption), "").Replace('-', ' ').Replace('/', ' ')
            .Replace("<person>", "person", StringComparison.Ordinal);
        caption = Blanks().Replace(caption, " ").TrimEnd('\n').Trim(' ');
        var words = caption.Split(' ');
        return words.Length > MaxWords ? string.Join(' ', words.Take(MaxWords)) : caption;
    }

    [GeneratedRegex("[,.'!?\"()*#:;~]")]
    private static partial Regex Deleted();

    /// <summary>Python counts the information separators 1C to 1F as white-space, .NET does not.</summary>
    [GeneratedRegex(@"[\s\x1c-\x1f]{2,}")]
    private static partial Regex Blanks();
}
