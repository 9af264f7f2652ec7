namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>The tables that a JPEG brings with it. One set for each thread, filled anew for each picture.</summary>
sealed unsafe class JpegTables
{
    /// <summary>Tables of one kind.</summary>
    public const int Slots = 4;

    /// <summary>Coefficients of a block.</summary>
    public const int Coefficients = 64;

    [ThreadStatic]
    static JpegTables? ofThread;

    readonly ushort[] steps = GC.AllocateUninitializedArray<ushort>(Slots * Coefficients, pinned: true);
    readonly bool[] hasSteps = new bool[Slots];

    JpegTables()
    {
    }

    /// <summary>The calling thread's, emptied.</summary>
    public static JpegTables OfThread()
    {
        var tables = ofThread ??= new JpegTables();
        Array.Clear(tables.hasSteps);
        for (int slot = 0; slot < Slots; slot++)
        {
            tables.Dc[slot].Clear();
            tables.Ac[slot].Clear();
        }

        return tables;
    }

    /// <summary>Codes of first coefficients.</summary>
    public HuffmanTable[] Dc { get; } = [new(), new(), new(), new()];

    /// <summary>Codes of the other coefficients.</summary>
    public HuffmanTable[] Ac { get; } = [new(), new(), new(), new()];

    /// <summary>What a block's coefficients are multiplied by, in the order in which they come.</summary>
    public ushort* Steps(int slot)
    {
        fixed (ushort* pinned = steps)
            return pinned + slot * Coefficients;
    }

    /// <summary>Whether a component can be decoded with these.</summary>
    public bool Has(in JpegComponent component) =>
        hasSteps[component.Steps] && Dc[component.Dc].IsBuilt && Ac[component.Ac].IsBuilt;

    /// <summary>Reads a DQT segment; false: it holds what is not for us.</summary>
    public bool TryReadSteps(ReadOnlySpan<byte> segment)
    {
        for (; !segment.IsEmpty; segment = segment[(1 + Coefficients)..])
        {
            // The upper half of the first byte says that the steps have two bytes each: rare, and left to the codec library.
            int slot = segment[0];
            if (slot >= Slots || segment.Length < 1 + Coefficients)
                return false;
            for (int i = 0; i < Coefficients; i++)
                steps[slot * Coefficients + i] = segment[1 + i];
            hasSteps[slot] = true;
        }

        return true;
    }

    /// <summary>Reads a DHT segment; false: it is damaged.</summary>
    public bool TryReadCodes(ReadOnlySpan<byte> segment)
    {
        const int Lengths = 16;
        while (!segment.IsEmpty)
        {
            if (segment.Length < 1 + Lengths || (segment[0] & 0x0F) >= Slots || segment[0] >> 4 > 1)
                return false;
            var table = (segment[0] >> 4 == 0 ? Dc : Ac)[segment[0] & 0x0F];
            var counts = segment.Slice(1, Lengths);
            int symbols = 0;
            foreach (byte count in counts)
                symbols += count;
            if (symbols > 256 || segment.Length < 1 + Lengths + symbols || !table.TryBuild(counts, segment.Slice(1 + Lengths, symbols)))
                return false;
            if (segment[0] >> 4 == 0 && segment.Slice(1 + Lengths, symbols).ContainsAnyExceptInRange((byte)0, (byte)15))
                return false; // no size of a first coefficient
            segment = segment[(1 + Lengths + symbols)..];
        }

        return true;
    }
}
