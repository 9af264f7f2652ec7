namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>
/// The ordinal order of .NET strings (by UTF-16 units), on UTF-8 bytes. It differs from the bytes' own order in one thing: characters beyond
/// U+FFFF, whose units are surrogates, come before U+E000 to U+FFFF.
/// </summary>
static class Utf8Order
{
    public static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var same = a.CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length - b.Length : Rank(a[same]) - Rank(b[same]);
    }

    /// <summary>First bytes EE and EF begin U+E000 to U+FFFF, those from F0 on the characters beyond.</summary>
    static int Rank(byte value) => value < 0xEE ? value : value >= 0xF0 ? value - 2 : value + 5;
}
