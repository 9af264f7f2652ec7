using System.Globalization;
using System.Text;

namespace MplugCluster.Model.Text;

/// <summary>Python's <c>str.lower()</c>: full Unicode lower-casing, with the two rules that simple case mapping lacks.</summary>
/// <remarks>Source: python/cpython Objects/unicodeobject.c handle_capital_sigma, lower_ucs4; Unicode 3.13, "Final_Sigma".</remarks>
static class PythonLower
{
    const int CapitalSigma = 'Σ';
    const int CapitalDottedI = 'İ';

    /// <summary>Characters that word-break rules, not their category, make case-ignorable.</summary>
    const string IgnorablePunctuation = "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    public static string Lower(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < runes.Length; i++)
        {
            switch (runes[i].Value)
            {
                case CapitalSigma:
                    result.Append(IsFinal(runes, i) ? 'ς' : 'σ');
                    break;
                case CapitalDottedI:
                    result.Append("i\u0307");
                    break;
                default:
                    result.Append(Rune.ToLowerInvariant(runes[i]));
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>A sigma is final behind a cased letter and before none, looking through what has no case of its own.</summary>
    static bool IsFinal(Rune[] runes, int at)
    {
        var before = at - 1;
        while (before >= 0 && IsIgnorable(runes[before]))
            before--;
        var after = at + 1;
        while (after < runes.Length && IsIgnorable(runes[after]))
            after++;
        return before >= 0 && IsCased(runes[before]) && !(after < runes.Length && IsCased(runes[after]));
    }

    static bool IsIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || (rune.IsBmp && IgnorablePunctuation.Contains((char)rune.Value, StringComparison.Ordinal));

    static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9);
}
