using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using static MplugCluster.Model.Imaging.Png.InflateCodes;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// Decompresses the rows of a PNG a strip at a time into memory that the caller lends. What zlib refuses, it refuses. Not thread-safe.
/// Source: RFC 1950, RFC 1951.
/// </summary>
sealed unsafe class Inflater
{
    /// <summary>Bytes of the memory for the result, besides the longest strip.</summary>
    public const int OutputBytes = Window + Slack;

    const int Window = 1 << 15; // how far back a match may reach
    const int Slack = 512; // beyond what was asked for: some literals, a match, and what its copy writes too much

    // An encoder makes blocks of many thousand bytes. One that makes them of nothing wants us to build tables for ever.
    const int FreeBlocks = 64;
    const int LeastBlock = 4096;

    readonly InflateInput input;
    readonly byte* outputStart;
    readonly byte* outputEnd;
    readonly InflateCodes codes = OfThread();

    byte* output; // to be written
    byte* taken; // to be given away
    bool isInBlock;
    bool isStored;
    bool isLastBlock;
    bool hasEnded;
    int storedLeft;
    long blocksLeft;
    Adler32 sum = new();

    /// <param name="input">Compressed data.</param>
    /// <param name="output">Memory for the result.</param>
    /// <param name="outputBytes">Its length.</param>
    /// <param name="total">Bytes that the whole result should have.</param>
    public Inflater(InflateInput input, byte* output, int outputBytes, long total)
    {
        this.input = input;
        this.output = taken = outputStart = output;
        outputEnd = output + outputBytes;
        blocksLeft = FreeBlocks + total / LeastBlock;
    }

    /// <summary>Checks what is in front of the data.</summary>
    public bool TryBegin()
    {
        if (!input.TryRefill())
            return false;
        var (method, flags) = (input.Take(8), input.Take(8));
        return (method & 0x0F) == 8 && method >> 4 <= 7 && (flags & 0x20) == 0 && (method << 8 | flags) % 31 == 0;
    }

    /// <summary>The next bytes of the result, good until the next call.</summary>
    /// <param name="length">How many.</param>
    /// <param name="isLast">There must be no more, and their checksum must be right.</param>
    /// <returns>Null: the data is damaged, or has another length, or is made of far too many blocks.</returns>
    public byte* Take(int length, bool isLast)
    {
        if (outputEnd - taken < length + Slack)
            MoveToFront();
        byte* end = taken + length;
        byte* from = output;
        byte* goal = isLast ? end + 1 : end;
        while (output < goal && !hasEnded)
        {
            if ((!isInBlock && !TryBeginBlock()) || !(isStored ? TryCopyStored(goal) : TryInflateBlock(goal)))
                return null;
        }

        sum.Add(new ReadOnlySpan<byte>(from, (int)(output - from)));
        if (isLast ? output != end || !hasEnded || !HasRightSum() : output < end)
            return null;
        byte* result = taken;
        taken = end;
        return result;
    }

    void MoveToFront()
    {
        byte* from = taken - Math.Min(Window, taken - outputStart);
        int length = (int)(output - from);
        new Span<byte>(from, length).CopyTo(new Span<byte>(outputStart, length));
        taken -= from - outputStart;
        output = outputStart + length;
    }

    bool TryBeginBlock()
    {
        if (blocksLeft-- == 0 || !input.TryRefill())
            return false;
        isLastBlock = input.Take(1) != 0;
        int kind = input.Take(2);
        (isInBlock, isStored) = (true, kind == 0);
        switch (kind)
        {
            case 0:
                return TryBeginStored();
            case 1:
                codes.SetFixed();
                return true;
            case 2:
                return TryReadCodes();
            default:
                return false;
        }
    }

    void EndBlock()
    {
        isInBlock = false;
        hasEnded = isLastBlock;
    }

    bool TryBeginStored()
    {
        const int head = 2 * sizeof(ushort);
        input.Align();
        var lengths = input.Peek(head);
        if (lengths.Length < head)
            return false;
        storedLeft = BinaryPrimitives.ReadUInt16LittleEndian(lengths);
        input.Next += head;
        return storedLeft == (ushort)~BinaryPrimitives.ReadUInt16LittleEndian(lengths[sizeof(ushort)..]);
    }

    bool TryCopyStored(byte* goal)
    {
        while (storedLeft > 0 && output < goal)
        {
            var bytes = input.Peek(1);
            int length = (int)Math.Min(Math.Min(storedLeft, bytes.Length), goal - output);
            if (length == 0)
                return false;
            bytes[..length].CopyTo(new Span<byte>(output, length));
            input.Next += length;
            output += length;
            storedLeft -= length;
        }

        if (storedLeft == 0)
            EndBlock();
        return true;
    }

    bool TryReadCodes()
    {
        const int lengthOfLengths = 19, mostLiterals = 286, mostDistances = 30;
        ReadOnlySpan<byte> order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        var (literals, distances, lengths) = (257 + input.Take(5), 1 + input.Take(5), 4 + input.Take(4));
        if (literals > mostLiterals || distances > mostDistances)
            return false;
        Span<byte> all = stackalloc byte[mostLiterals + mostDistances];
        all[..lengthOfLengths].Clear();
        for (int i = 0; i < lengths; i++)
        {
            if (!input.TryRefill())
                return false;
            all[order[i]] = (byte)input.Take(3);
        }

        if (!codes.TrySetLengths(all[..lengthOfLengths]))
            return false;
        for (int at = 0; at < literals + distances;)
        {
            if (!input.TryRefill())
                return false;
            uint entry = codes.Lengths[input.Bits & ((1 << LengthBits) - 1)];
            input.Take((int)(entry & 0xFF));
            int symbol = (int)(entry >> ValueShift);
            if (symbol < 16)
            {
                all[at++] = (byte)symbol;
                continue;
            }

            var (least, extra) = symbol switch { 16 => (3, 2), 17 => (3, 3), _ => (11, 7) };
            int times = least + input.Take(extra);
            if (at + times > literals + distances || (symbol == 16 && at == 0))
                return false;
            all.Slice(at, times).Fill(symbol == 16 ? all[at - 1] : (byte)0);
            at += times;
        }

        return all[256] != 0 && codes.TrySet(all[..literals], all.Slice(literals, distances));
    }

    // A refill is enough for three looks at literals, which take 11 bits each, and a length; and one for a distance.
    bool TryInflateBlock(byte* goal)
    {
        fixed (uint* literals = codes.Literals, distances = codes.Distances)
        {
            var (bits, count, isGood) = (input.Bits, input.Count, true);
            byte* next = input.Next, output = this.output;
            while (output < goal)
            {
                if (next >= input.Limit)
                {
                    input.Next = next;
                    isGood = input.TryRead();
                    next = input.Next;
                    if (!isGood)
                        break;
                }

                InflateInput.Refill(ref bits, ref count, ref next);
                uint entry = literals[bits & ((1 << LiteralBits) - 1)];
                if ((entry & Literal) != 0)
                {
                    Write(ref output, ref bits, ref count, entry);
                    entry = literals[bits & ((1 << LiteralBits) - 1)];
                    if ((entry & Literal) != 0)
                    {
                        Write(ref output, ref bits, ref count, entry);
                        entry = literals[bits & ((1 << LiteralBits) - 1)];
                        if ((entry & Literal) != 0)
                        {
                            Write(ref output, ref bits, ref count, entry);
                            entry = literals[bits & ((1 << LiteralBits) - 1)];
                            if ((entry & Literal) != 0)
                            {
                                Write(ref output, ref bits, ref count, entry);
                                continue;
                            }
                        }
                    }
                }

                if ((entry & Special) != 0)
                {
                    if ((entry & Longer) != 0)
                        entry = Second(literals, entry, ref bits, ref count);
                    if ((entry & Literal) != 0)
                    {
                        Write(ref output, ref bits, ref count, entry);
                        continue;
                    }

                    if ((entry & Special) != 0)
                    {
                        Drop(ref bits, ref count, entry);
                        isGood = (entry & End) != 0;
                        if (isGood)
                            EndBlock();
                        break;
                    }
                }

                int length = Value(entry, bits);
                Drop(ref bits, ref count, entry);
                InflateInput.Refill(ref bits, ref count, ref next);
                entry = distances[bits & ((1 << DistanceBits) - 1)];
                if ((entry & Longer) != 0)
                    entry = Second(distances, entry, ref bits, ref count);
                int distance = Value(entry, bits);
                Drop(ref bits, ref count, entry);
                if ((entry & Special) != 0 || distance > output - outputStart)
                {
                    isGood = false;
                    break;
                }

                MatchCopy.Copy(output, distance, length);
                output += length;
            }

            (input.Bits, input.Count) = (bits, count);
            input.Next = next;
            this.output = output;
            return isGood;
        }
    }

    bool HasRightSum()
    {
        input.Align();
        var bytes = input.Peek(sizeof(uint));
        return bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(bytes) == sum.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Drop(ref ulong bits, ref int count, uint entry)
    {
        bits >>= (int)entry; // by its six lowest bits
        count -= (int)(entry & 0xFF);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Write(ref byte* output, ref ulong bits, ref int count, uint literal)
    {
        Drop(ref bits, ref count, literal);
        Unsafe.WriteUnaligned(output, (ushort)(literal >> ValueShift));
        output += 1 + (literal >> TwoShift & 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Second(uint* table, uint entry, ref ulong bits, ref int count)
    {
        Drop(ref bits, ref count, entry);
        return table[(entry >> ValueShift) + ((uint)bits & ((1u << (int)(entry >> CodeShift & 15)) - 1))];
    }

    // The least value, and what the bits behind the code add.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Value(uint entry, ulong bits) =>
        (int)((entry >> ValueShift) + (uint)((bits & ((1UL << (int)entry) - 1)) >> (int)(entry >> CodeShift & 15)));
}
