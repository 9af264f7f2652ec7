using System.Runtime.CompilerServices;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// Compressed data as bits, the lowest of a byte first. At least 56 are there after a refill, which is more than one turn of any loop takes; behind the
/// end there are zeros, of which a few may be read ahead.
/// Source: the way of refilling is E. Biggers' (libdeflate), who describes it.
/// </summary>
sealed unsafe class InflateInput
{
    /// <summary>Bytes of the memory that is lent.</summary>
    public const int Bytes = (1 << 15) + Margin;

    const int Margin = 64;
    const int Ahead = 16; // bytes that two refills may read
    const int Behind = 8; // bytes that may be given back

    readonly PngRowData rows;
    readonly byte* start;
    byte* end;
    bool isAllRead;

    /// <param name="rows">Compressed data.</param>
    /// <param name="memory">Memory of <see cref="Bytes"/>.</param>
    public InflateInput(PngRowData rows, byte* memory)
    {
        this.rows = rows;
        start = end = Next = Limit = memory;
    }

    /// <summary>The next bits, from the lowest on.</summary>
    public ulong Bits { get; set; }

    /// <summary>How many of them count. Those above may be there already, and are the same.</summary>
    public int Count { get; set; }

    /// <summary>The byte behind those bits.</summary>
    public byte* Next { get; set; }

    /// <summary>Where <see cref="Next"/> must not be before a refill: then <see cref="TryRead"/> comes first.</summary>
    public byte* Limit { get; private set; }

    /// <summary>Makes bits of bytes that are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refill(ref ulong bits, ref int count, ref byte* next)
    {
        bits |= Unsafe.ReadUnaligned<ulong>(next) << count;
        next += (63 - count) >> 3;
        count |= 56;
    }

    /// <summary>Makes bits of bytes, which are read where there are too few.</summary>
    /// <returns>False: there are none.</returns>
    public bool TryRefill()
    {
        if (Next >= Limit && !TryRead())
            return false;
        var (bits, count) = (Bits, Count);
        byte* next = Next;
        Refill(ref bits, ref count, ref next);
        (Bits, Count) = (bits, count);
        Next = next;
        return true;
    }

    /// <summary>The lowest bits, which are gone then. There are as many.</summary>
    public int Take(int number)
    {
        int value = (int)Bits & ((1 << number) - 1);
        Bits >>= number;
        Count -= number;
        return value;
    }

    /// <summary>Drops what is left of a byte, and makes bytes of bits that were not needed.</summary>
    public void Align()
    {
        Next -= Count >> 3;
        (Bits, Count) = (0, 0);
    }

    /// <summary>Reads more bytes behind those that are left.</summary>
    /// <returns>False: all have been read.</returns>
    public bool TryRead()
    {
        if (isAllRead)
            return false;
        byte* from = Next - Math.Min(Behind, Next - start);
        int kept = (int)(end - from);
        new Span<byte>(from, kept).CopyTo(new Span<byte>(start, kept));
        Next = start + (Next - from);
        int free = Bytes - Margin - kept;
        int length = rows.Read(start + kept, free);
        end = start + kept + length;
        isAllRead = length < free;
        Limit = isAllRead ? end + Behind : end - Ahead;
        new Span<byte>(end, Margin).Clear();
        return true;
    }

    /// <summary>Bytes in one piece, of which there are at least <paramref name="least"/>. Only after <see cref="Align"/>.</summary>
    /// <returns>Too few: there are no more.</returns>
    public ReadOnlySpan<byte> Peek(int least)
    {
        if (end - Next < least)
            TryRead();
        return new ReadOnlySpan<byte>(Next, (int)Math.Max(0, end - Next));
    }
}
