using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>Reads the Huffman-coded blocks of a scan. It never reads beyond the end of the file; whatever is wrong with the data it reports, and mends nothing.</summary>
/// <param name="next">First byte after the header of the scan.</param>
/// <param name="end">End of the file.</param>
unsafe ref struct EntropyReader(byte* next, byte* end)
{
    const int Marker = 0xFF;
    const int FirstRestart = 0xD0;

    /// <summary>A code and the bits of its coefficient take no more.</summary>
    const int LongestSymbol = 32;

    byte* next = next;
    ulong buffer; // its upper bits come next
    int bits; // how many of them count
    int padding; // how many of all that were taken are zeros that the file does not have

    // Where the coefficients of a block, as they come, lie in it. Source: ITU-T T.81 figure A.6.
    static ReadOnlySpan<byte> Zigzag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>More was read than there is.</summary>
    public readonly bool IsBeyondData => bits < padding;

    /// <summary>Reads a block's coefficients and multiplies them.</summary>
    /// <param name="dc">Code of the first coefficient.</param>
    /// <param name="ac">Code of the others.</param>
    /// <param name="steps">What coefficients are multiplied by, in the order in which they come.</param>
    /// <param name="predictor">The component's last first coefficient.</param>
    /// <param name="block">64 zeros; rows of 8.</param>
    /// <returns>Index of the last coefficient that is not zero, in the order in which they come; -1: this is no block.</returns>
    public int ReadBlock(HuffmanTable dc, HuffmanTable ac, ushort* steps, ref int predictor, short* block)
    {
        int first = ReadDifference(dc);
        if (first == int.MinValue)
            return -1;
        predictor += first;
        block[0] = (short)(predictor * steps[0]);
        return ReadRest(ac, steps, block);
    }

    /// <summary>Passes a restart marker; false: it is not there.</summary>
    /// <param name="number">Of the marker, counted from 0.</param>
    public bool TryRestart(int number)
    {
        if (bits - padding is < 0 or > 7)
            return false;
        (buffer, bits, padding) = (0, 0, 0);
        if (next == end || *next != Marker)
            return false;
        while (next < end && *next == Marker)
            next++;
        return next < end && *next++ == FirstRestart + number % 8;
    }

    int ReadDifference(HuffmanTable dc)
    {
        if (bits < LongestSymbol)
            Refill();
        int entry = dc.Lookup[buffer >> (64 - HuffmanTable.LookupBits)];
        if (entry >> 16 != 0)
        {
            Take(entry & 0xFF);
            return (entry & 0xFF00) == 0 ? entry >> 16 : int.MinValue;
        }

        entry = entry == 0 ? dc.Find((int)(buffer >> 48)) : entry;
        int size = entry >> 8;
        if (entry == 0 || size > 15)
            return int.MinValue;
        Take(entry & 0xFF);
        if (size == 0)
            return 0;
        int difference = HuffmanTable.Extend((int)(buffer >> (64 - size)), size);
        Take(size);
        return difference;
    }

    // The state is copied into locals, which the compiler keeps in registers.
    int ReadRest(HuffmanTable ac, ushort* steps, short* block)
    {
        var (buffer, bits) = (this.buffer, this.bits);
        int* lookup = ac.Lookup;
        ref byte place = ref Unsafe.AsRef(in Zigzag[0]);
        int last = 0;
        for (int at = 1; at < 64;)
        {
            if (bits < LongestSymbol)
            {
                (this.buffer, this.bits) = (buffer, bits);
                Refill();
                (buffer, bits) = (this.buffer, this.bits);
            }

            int entry = lookup[buffer >> (64 - HuffmanTable.LookupBits)];
            int value = entry >> 16, length = entry & 0xFF;
            if (value != 0)
            {
                at += (entry >> 8) & 0xFF;
            }
            else
            {
                entry = entry == 0 ? ac.Find((int)(buffer >> 48)) : entry;
                if (entry == 0)
                    return -1;
                length = entry & 0xFF;
                int symbol = entry >> 8, size = symbol & 15;
                buffer <<= length;
                bits -= length;
                if (size == 0)
                {
                    if (symbol != 0xF0)
                        break;
                    at += 16;
                    continue;
                }

                at += symbol >> 4;
                value = HuffmanTable.Extend((int)(buffer >> (64 - size)), size);
                length = size;
            }

            buffer <<= length;
            bits -= length;
            if (at > 63)
                return -1;
            block[Unsafe.Add(ref place, at)] = (short)(value * steps[at]);
            last = at++;
        }

        (this.buffer, this.bits) = (buffer, bits);
        return last;
    }

    void Take(int count)
    {
        buffer <<= count;
        bits -= count;
    }

    void Refill()
    {
        if (end - next >= 8)
        {
            ulong eight = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(next));
            if (((~eight - 0x0101010101010101) & eight & 0x8080808080808080) == 0)
            {
                // No byte is FF. The bits of a byte that does not fit are put in too: they are not counted, and the same are put in again.
                buffer |= eight >> bits;
                next += (63 - bits) >> 3;
                bits |= 56;
                return;
            }
        }

        for (; bits <= 56; bits += 8)
        {
            if (next < end && *next != Marker)
            {
                buffer |= (ulong)*next++ << (56 - bits);
                continue;
            }

            byte* after = next;
            while (after < end && *after == Marker)
                after++;
            if (after < end && *after == 0)
            {
                buffer |= (ulong)Marker << (56 - bits);
                next = after + 1;
            }
            else
            {
                padding += 8; // the end or a marker, which ends the data
            }
        }
    }
}
