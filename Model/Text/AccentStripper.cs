using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MplugCluster.Model.Text;

/// <summary>
/// Canonical decomposition (NFD) with combining marks dropped, which is how BERT strips accents. The framework's own normalisation does
/// nothing at all in invariant-globalisation mode, which machines without ICU need, so the table comes along.
/// </summary>
/// <remarks>Source: The Unicode Standard 14.0, sections 3.7 and 3.12 (Hangul syllable decomposition).</remarks>
static class AccentStripper
{
    const int HangulBase = 0xAC00;
    const int HangulEnd = 0xD7A3;
    const int LeadBase = 0x1100;
    const int VowelBase = 0x1161;
    const int TrailBase = 0x11A7;
    const int Vowels = 21;
    const int Trails = 28;

    static readonly FrozenDictionary<int, string> Table = Load();

    /// <summary>The text without accents.</summary>
    public static string Strip(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
                continue;
            if (rune.Value is >= HangulBase and <= HangulEnd)
                AppendJamo(result, rune.Value - HangulBase);
            else if (Table.TryGetValue(rune.Value, out var letters))
                result.Append(letters);
            else
                result.Append(rune);
        }

        return result.ToString();
    }

    static void AppendJamo(StringBuilder result, int syllable)
    {
        result.Append((char)(LeadBase + syllable / (Vowels * Trails)));
        result.Append((char)(VowelBase + syllable % (Vowels * Trails) / Trails));
        if (syllable % Trails != 0)
            result.Append((char)(TrailBase + syllable % Trails));
    }

    static FrozenDictionary<int, string> Load()
    {
        using var stream = typeof(AccentStripper).Assembly.GetManifestResourceStream("decompositions.txt")!;
        using var reader = new StreamReader(stream);
        var table = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var points = line.Split(' ').Select(point => int.Parse(point, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            table[points[0]] = string.Concat(points.Skip(1).Select(char.ConvertFromUtf32));
        }

        return table.ToFrozenDictionary();
    }
}
