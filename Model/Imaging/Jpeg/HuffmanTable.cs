namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>
/// A Huffman code of a JPEG: what the next ten bits mean is looked up; where they hold a coefficient's bits as well as its code, the coefficient is.
/// Built anew for each picture, in memory that does not move.
/// </summary>
sealed unsafe class HuffmanTable
{
    /// <summary>Bits that are looked up at once.</summary>
    public const int LookupBits = 10;

    const int LongestCode = 16;

    readonly int[] lookup = GC.AllocateUninitializedArray<int>(1 << LookupBits, pinned: true);
    readonly int[] lastCode = new int[LongestCode + 1]; // of each length; -1: none
    readonly int[] firstValue = new int[LongestCode + 1]; // index of a code's value, less the code
    readonly byte[] values = new byte[256];

    /// <summary>
    /// By the next ten bits. With a coefficient: <c>value &lt;&lt; 16 | zeros before it &lt;&lt; 8 | bits of both</c>. Without, where the value is 0:
    /// <c>symbol &lt;&lt; 8 | bits of the code</c>. 0: the code is longer, or none.
    /// </summary>
    public int* Lookup { get; private init; }

    /// <summary>Whether the last <see cref="TryBuild"/> succeeded.</summary>
    public bool IsBuilt { get; private set; }

    public HuffmanTable()
    {
        fixed (int* pinned = lookup)
            Lookup = pinned;
    }

    /// <summary>Forgets the code.</summary>
    public void Clear() => IsBuilt = false;

    /// <summary>Makes the tables of a code; false: it is none.</summary>
    /// <param name="counts">Number of codes of 1 to 16 bits.</param>
    /// <param name="symbols">The codes' symbols, in the order of the codes.</param>
    public bool TryBuild(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        IsBuilt = false;
        symbols.CopyTo(values);
        Array.Clear(lookup);
        int code = 0, index = 0;
        for (int length = 1; length <= LongestCode; length++, code <<= 1)
        {
            firstValue[length] = index - code;
            for (int left = counts[length - 1]; left > 0; left--, code++, index++)
            {
                if (code >= (1 << length) || index >= symbols.Length)
                    return false;
                if (length <= LookupBits)
                    Enter(code, length, symbols[index]);
            }
            if (code >= 1 << length)
                return false; // all bits 1 is no code: libjpeg refuses such a table
            lastCode[length] = counts[length - 1] > 0 ? code - 1 : -1;
        }

        return IsBuilt = true;
    }

    /// <summary>A code that is longer than what is looked up: <c>symbol &lt;&lt; 8 | bits</c>, or 0 where there is none.</summary>
    /// <param name="bits">The next 16 bits.</param>
    public int Find(int bits)
    {
        for (int length = LookupBits + 1; length <= LongestCode; length++)
        {
            int code = bits >> (LongestCode - length);
            if (code <= lastCode[length])
                return values[firstValue[length] + code] << 8 | length;
        }

        return 0;
    }

    /// <summary>A coefficient from its bits. Source: ITU-T T.81 F.2.2.1, EXTEND.</summary>
    public static int Extend(int bits, int size) => bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

    void Enter(int code, int length, byte symbol)
    {
        int spare = LookupBits - length, size = symbol & 15;
        for (int rest = 0; rest < 1 << spare; rest++)
        {
            lookup[(code << spare) + rest] = size > 0 && size <= spare
                ? Extend(rest >> (spare - size), size) << 16 | (symbol >> 4) << 8 | (length + size)
                : symbol << 8 | length;
        }
    }
}
