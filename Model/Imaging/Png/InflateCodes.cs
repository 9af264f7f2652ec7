using System.Runtime.CompilerServices;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// The codes of a block of compressed data, as tables to look the next bits up in: a code that is longer than the table's index leads to a second
/// table. Which codes are allowed is as in zlib. A thread's are used again for its next picture.
/// Source: RFC 1951, 3.2.
/// </summary>
sealed class InflateCodes
{
    /// <summary>Bits that a code for a literal or a length is looked up by.</summary>
    public const int LiteralBits = 11;

    /// <summary>Bits that a code for a distance is looked up by.</summary>
    public const int DistanceBits = 9;

    /// <summary>Bits that a code for the length of a code is looked up by: it has no more.</summary>
    public const int LengthBits = 7;

    /// <summary>An entry's flag: its value is a byte of the result, or two.</summary>
    public const uint Literal = 0x8000;

    /// <summary>A literal's flag, as 0 or 1: it is two bytes.</summary>
    public const int TwoShift = 12;

    /// <summary>An entry's flag: one of the two others, or no code at all.</summary>
    public const uint Special = 0x4000;

    /// <summary>An entry's flag: its value is where a second table begins.</summary>
    public const uint Longer = 0x2000;

    /// <summary>A special entry's flag: the end of the block.</summary>
    public const uint End = 1 << TwoShift;

    /// <summary>Where an entry's value begins: a literal, or the least length or distance.</summary>
    public const int ValueShift = 16;

    /// <summary>Where the bits of an entry's code alone are counted, or of the second table's index. Its lowest byte counts those behind it, too.</summary>
    public const int CodeShift = 8;

    const int MaxBits = 15;
    const int LiteralSymbols = 288;
    const int DistanceSymbols = 32;
    const uint OneBit = 1 << CodeShift | 1;

    static readonly uint[] LiteralValues = MakeLiteralValues();
    static readonly uint[] DistanceValues = MakeDistanceValues();
    static readonly uint[] LengthValues = [.. Enumerable.Range(0, 19).Select(length => (uint)length << ValueShift)];

    static readonly byte[] FixedLengths =
    [
        .. Enumerable.Repeat((byte)8, 144), .. Enumerable.Repeat((byte)9, 112), .. Enumerable.Repeat((byte)7, 24), .. Enumerable.Repeat((byte)8, 8),
        .. Enumerable.Repeat((byte)5, DistanceSymbols),
    ];

    [ThreadStatic]
    static InflateCodes? ofThread;

    /// <summary>Of literals and lengths. A second table is never larger than 16 entries.</summary>
    public uint[] Literals { get; } = new uint[(1 << LiteralBits) + (LiteralSymbols << (MaxBits - LiteralBits))];

    /// <summary>Of distances.</summary>
    public uint[] Distances { get; } = new uint[(1 << DistanceBits) + (DistanceSymbols << (MaxBits - DistanceBits))];

    /// <summary>Of the lengths of the other codes.</summary>
    public uint[] Lengths { get; } = new uint[1 << LengthBits];

    /// <summary>The thread's tables.</summary>
    public static InflateCodes OfThread() => ofThread ??= new InflateCodes();

    /// <summary>Sets the codes that need no description.</summary>
    public void SetFixed() => _ = TrySet(FixedLengths.AsSpan(0, LiteralSymbols), FixedLengths.AsSpan(LiteralSymbols));

    /// <summary>Sets the codes of a block.</summary>
    /// <param name="literals">Bits of every literal's or length's code; 0: it has none.</param>
    /// <param name="distances">Bits of every distance's code.</param>
    /// <returns>False: there are no such codes.</returns>
    public bool TrySet(ReadOnlySpan<byte> literals, ReadOnlySpan<byte> distances) =>
        TryBuild(distances, DistanceValues, DistanceBits, mayLack: true, Distances)
        && TryBuild(literals, LiteralValues, LiteralBits, mayLack: true, Literals)
        && Pair(Literals.AsSpan(0, 1 << LiteralBits));

    /// <summary>Sets the codes that the lengths of the others come in.</summary>
    public bool TrySetLengths(ReadOnlySpan<byte> lengths) => TryBuild(lengths, LengthValues, LengthBits, mayLack: false, Lengths);

    static bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> values, int tableBits, bool mayLack, uint[] table)
    {
        Span<int> counts = stackalloc int[MaxBits + 1], next = stackalloc int[MaxBits + 1];
        counts.Clear();
        foreach (byte length in lengths)
            counts[length]++;
        counts[0] = 0;
        next[0] = 0;
        var (left, longest) = (1, 0);
        for (int length = 1; length <= MaxBits; length++)
        {
            next[length] = (next[length - 1] + counts[length - 1]) << 1;
            left = (left << 1) - counts[length];
            if (left < 0)
                return false;
            longest = counts[length] > 0 ? length : longest;
        }

        if (left > 0 && !(mayLack && longest <= 1)) // zlib allows a single code of one bit, and none
            return false;
        table.AsSpan(0, 1 << tableBits).Fill(Special);
        int free = 1 << tableBits;
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
                continue;
            int code = Reversed(next[length]++, length);
            if (length <= tableBits)
            {
                Fill(table.AsSpan(0, 1 << tableBits), code, length, values[symbol]);
                continue;
            }

            ref uint first = ref table[code & ((1 << tableBits) - 1)];
            if (first == Special)
            {
                first = (uint)(free << ValueShift | (longest - tableBits) << CodeShift | tableBits) | Special | Longer;
                free += 1 << (longest - tableBits);
            }

            Fill(table.AsSpan((int)(first >> ValueShift), 1 << (longest - tableBits)), code >> tableBits, length - tableBits, values[symbol]);
        }

        return true;
    }

    // Looking up is what takes the time, and of a photograph most codes are so short that the index holds two.
    static bool Pair(Span<uint> table)
    {
        for (int i = table.Length - 1; i >= 0; i--)
        {
            uint first = table[i], second = table[i >> (int)(first & 31)]; // further down, so that it is none of two yet
            uint length = (first & 31) + (second & 31);
            if ((first & second & Literal) != 0 && length <= LiteralBits)
                table[i] = first + (second & 31) + ((second >> ValueShift) << (ValueShift + 8)) + (1 << TwoShift);
        }

        return true;
    }

    // Bits come lowest first, so that a code is the lower end of the index and the upper end anything.
    static void Fill(Span<uint> table, int code, int length, uint value)
    {
        uint entry = value + (uint)length * OneBit;
        for (int i = code; i < table.Length; i += 1 << length)
            table[i] = entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Reversed(int code, int length)
    {
        int bits = (code & 0x5555) << 1 | code >> 1 & 0x5555;
        bits = (bits & 0x3333) << 2 | bits >> 2 & 0x3333;
        bits = (bits & 0x0F0F) << 4 | bits >> 4 & 0x0F0F;
        return ((bits & 0xFF) << 8 | bits >> 8) >> (16 - length);
    }

    static uint[] MakeLiteralValues()
    {
        var values = new uint[LiteralSymbols];
        for (uint value = 0; value < 256; value++)
            values[value] = value << ValueShift | Literal;
        values[256] = Special | End;
        int least = 3;
        for (int symbol = 257; symbol < 285; symbol++)
        {
            int extra = symbol < 265 ? 0 : (symbol - 261) / 4;
            values[symbol] = (uint)(least << ValueShift | extra);
            least += 1 << extra;
        }

        values[285] = 258 << ValueShift;
        (values[286], values[287]) = (Special, Special);
        return values;
    }

    static uint[] MakeDistanceValues()
    {
        var values = new uint[DistanceSymbols];
        int least = 1;
        for (int symbol = 0; symbol < 30; symbol++)
        {
            int extra = symbol < 4 ? 0 : (symbol - 2) / 2;
            values[symbol] = (uint)(least << ValueShift | extra);
            least += 1 << extra;
        }

        (values[30], values[31]) = (Special, Special);
        return values;
    }
}
