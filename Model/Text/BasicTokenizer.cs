using System.Globalization;
using System.Text;

namespace MplugCluster.Model.Text;

/// <summary>BERT's first step: cleans a text and splits it into words and punctuation.</summary>
/// <remarks>
/// Source: huggingface/transformers src/transformers/models/bert/tokenization_bert.py BasicTokenizer. Microsoft.ML.Tokenizers' BERT tokenizer is not
/// used: it relies on string.Normalize for accents, which does nothing without ICU, and on simple lower-casing.
/// </remarks>
static class BasicTokenizer
{
    /// <summary>Words of a text, lower-cased and without accents.</summary>
    public static IEnumerable<string> Split(string text)
    {
        foreach (var word in Clean(text).Split([' ', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var part in SplitPunctuation(AccentStripper.Strip(PythonLower.Lower(word))))
                yield return part;
        }
    }

    /// <summary>Drops control characters, turns every kind of blank into a space, and sets CJK ideographs apart.</summary>
    static string Clean(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is ' ' or '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator)
                result.Append(' ');
            else if (rune.Value is 0xFFFD || IsControl(rune))
                continue;
            else if (IsIdeograph(rune.Value))
                result.Append(' ').Append(rune).Append(' ');
            else
                result.Append(rune);
        }

        return result.ToString();
    }

    static IEnumerable<string> SplitPunctuation(string word)
    {
        var start = 0;
        var at = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if (IsPunctuation(rune))
            {
                if (at > start)
                    yield return word[start..at];
                yield return rune.ToString();
                start = at + rune.Utf16SequenceLength;
            }

            at += rune.Utf16SequenceLength;
        }

        if (at > start)
            yield return word[start..at];
    }

    static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    static bool IsPunctuation(Rune rune) =>
        rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126) || Rune.IsPunctuation(rune);

    static bool IsIdeograph(int point) => point is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
