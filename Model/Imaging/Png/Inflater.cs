using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static MplugCluster.Model.Imaging.Png.InflateCodes;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// Decompresses the rows of a PNG a strip at a time, from the file's chunks into memory that the caller lends. What zlib would refuse, it refuses.
/// Not thread-safe.
/// Source: RFC 1950, RFC 1951; the way of reading bits is E. Biggers' (libdeflate), who describes it.
/// </summary>
sealed unsafe class Inflater
{
    /// <summary>Bytes of the memory that compressed data is read into.</summary>
    public const int InputBytes = (1 << 15) + Margin;

    /// <summary>Bytes of the memory for the result, besides twice the longest strip.</summary>
    public const int OutputBytes = Window + Slack;

    // An encoder makes blocks of many thousand bytes. One that makes them of nothing wants us to build tables for ever.
    const int FreeBlocks = 64;
    const int LeastBlock = 4096;

    const int Window = 1 << 15; // how far back a match may reach
    const int Slack = 512; // beyond what was asked for: a match, and the end of a copy
    const int Margin = 64;
    const int Ahead = 16; // bytes that one turn of the loop may read
    const int Behind = 8; // bytes that may be given back

    static readonly byte[] Repeats = MakeRepeats();

    readonly byte* input;
    readonly byte* outputStart;
    readonly byte* outputEnd;
    readonly PngRowData rows;
    readonly InflateCodes codes = OfThread();

    byte* next; // to be read
    byte* inputEnd;
    byte* inputLimit; // from here on there must be more input first
    bool isAllRead;
    ulong bits;
    int count;
    byte* output; // to be written
    byte* taken; // to be given away
    bool isInBlock;
    bool isStored;
    bool isLastBlock;
    bool hasEnded;
    int storedLeft;
    int blocksLeft;
    Adler32 sum = new();

    /// <param name="rows">Compressed data.</param>
    /// <param name="input">Memory of <see cref="InputBytes"/>.</param>
    /// <param name="output">Memory for the result.</param>
    /// <param name="outputBytes">Its length.</param>
    /// <param name="total">Bytes that the whole result should have.</param>
    public Inflater(PngRowData rows, byte* input, byte* output, int outputBytes, long total)
    {
        blocksLeft = (int)(FreeBlocks + total / LeastBlock);
        this.rows = rows;
        this.input = next = inputEnd = inputLimit = input;
        this.output = taken = outputStart = output;
        outputEnd = output + outputBytes;
    }

    /// <summary>Checks what is in front of the data.</summary>
    public bool TryBegin()
    {
        if (!TryRefill())
            return false;
        int method = (int)bits & 0xFF, flags = (int)(bits >> 8) & 0xFF;
        Drop(16);
        return (method & 0x0F) == 8 && method >> 4 <= 7 && (flags & 0x20) == 0 && (method << 8 | flags) % 31 == 0;
    }

    /// <summary>The next bytes of the result, good until the next call.</summary>
    /// <param name="length">How many.</param>
    /// <param name="isLast">There must be no more, and their checksum must be right.</param>
    /// <returns>Null: the data is damaged, or has another length.</returns>
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
        if (blocksLeft-- == 0 || !TryRefill())
            return false;
        isLastBlock = (bits & 1) != 0;
        int kind = (int)(bits >> 1) & 3;
        Drop(3);
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

    bool TryBeginStored()
    {
        Drop(count & 7);
        uint lengths = (uint)bits;
        Drop(32);
        GiveBack();
        storedLeft = (int)(lengths & 0xFFFF);
        return (lengths >> 16) == (~lengths & 0xFFFF);
    }

    bool TryCopyStored(byte* goal)
    {
        while (storedLeft > 0 && output < goal)
        {
            if (next >= inputEnd && (!TryReadInput() || next >= inputEnd))
                return false;
            int length = (int)Math.Min(storedLeft, Math.Min(goal - output, inputEnd - next));
            Unsafe.CopyBlockUnaligned(output, next, (uint)length);
            next += length;
            output += length;
            storedLeft -= length;
        }

        if (storedLeft == 0)
            EndBlock();
        return true;
    }

    bool TryReadCodes()
    {
        const int lengthOfLengths = 19, most = 286 + 30;
        ReadOnlySpan<byte> order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        var (literals, distances, lengths) = (257 + (int)(bits & 31), 1 + (int)(bits >> 5 & 31), 4 + (int)(bits >> 10 & 15));
        Drop(14);
        if (literals > 286 || distances > 30)
            return false;
        Span<byte> all = stackalloc byte[most];
        all[..lengthOfLengths].Clear();
        for (int i = 0; i < lengths; i++)
        {
            if (!TryRefill())
                return false;
            all[order[i]] = (byte)(bits & 7);
            Drop(3);
        }

        if (!codes.TrySetLengths(all[..lengthOfLengths]))
            return false;
        for (int at = 0; at < literals + distances;)
        {
            if (!TryRefill())
                return false;
            uint entry = codes.Lengths[bits & ((1 << LengthBits) - 1)];
            Drop((int)(entry & 0xFF));
            int symbol = (int)(entry >> ValueShift);
            if (symbol < 16)
            {
                all[at++] = (byte)symbol;
                continue;
            }

            var (least, extra) = symbol switch { 16 => (3, 2), 17 => (3, 3), _ => (11, 7) };
            int times = least + ((int)bits & ((1 << extra) - 1));
            Drop(extra);
            if (at + times > literals + distances || (symbol == 16 && at == 0))
                return false;
            all.Slice(at, times).Fill(symbol == 16 ? all[at - 1] : (byte)0);
            at += times;
        }

        return all[256] != 0 && codes.TrySet(all[..literals], all.Slice(literals, distances));
    }

    bool TryInflateBlock(byte* goal)
    {
        fixed (uint* literals = codes.Literals, distances = codes.Distances)
        {
            var (bits, count) = (this.bits, this.count);
            byte* next = this.next, output = this.output;
            bool isGood = true;
            while (output < goal)
            {
                if (next >= inputLimit)
                {
                    this.next = next;
                    isGood = TryReadInput();
                    next = this.next;
                    if (!isGood)
                        break;
                }

                Refill(ref bits, ref count, ref next);
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
                        isGood = (entry & End) != 0;
                        Drop(ref bits, ref count, entry);
                        if (isGood)
                            EndBlock();
                        break;
                    }
                }

                int length = (int)Value(entry, bits);
                Drop(ref bits, ref count, entry);
                Refill(ref bits, ref count, ref next);
                entry = distances[bits & ((1 << DistanceBits) - 1)];
                if ((entry & Longer) != 0)
                    entry = Second(distances, entry, ref bits, ref count);
                nint distance = (nint)Value(entry, bits);
                Drop(ref bits, ref count, entry);
                if ((entry & Special) != 0 || distance > output - outputStart)
                {
                    isGood = false;
                    break;
                }

                Copy(output, distance, length);
                output += length;
            }

            (this.bits, this.count) = (bits, count);
            this.next = next;
            this.output = output;
            return isGood;
        }
    }

    void EndBlock()
    {
        isInBlock = false;
        hasEnded = isLastBlock;
    }

    bool HasRightSum()
    {
        Drop(count & 7);
        GiveBack();
        if (inputEnd - next < sizeof(uint) && !isAllRead && !TryReadInput())
            return false;
        return inputEnd - next >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(next, sizeof(uint))) == sum.Value;
    }

    // What was read and is not needed as bits.
    void GiveBack()
    {
        next -= count >> 3;
        (bits, count) = (0, 0);
    }

    bool TryRefill()
    {
        if (next >= inputLimit && !TryReadInput())
            return false;
        Refill(ref bits, ref count, ref next);
        return true;
    }

    void Drop(int number)
    {
        bits >>= number;
        count -= number;
    }

    // Behind the last input there are zeros, of which a few may be read: bits are, before they are needed.
    bool TryReadInput()
    {
        if (isAllRead)
            return false;
        byte* from = next - Math.Min(Behind, next - input);
        int kept = (int)(inputEnd - from);
        new Span<byte>(from, kept).CopyTo(new Span<byte>(input, kept));
        next = input + (next - from);
        int free = InputBytes - Margin - kept;
        int length = rows.Read(input + kept, free);
        inputEnd = input + kept + length;
        isAllRead = length < free;
        inputLimit = isAllRead ? inputEnd + Behind : inputEnd - Ahead;
        if (isAllRead)
            new Span<byte>(inputEnd, Margin).Clear();
        return true;
    }

    static byte[] MakeRepeats()
    {
        var repeats = new byte[Vector128<byte>.Count * Vector128<byte>.Count];
        for (int i = Vector128<byte>.Count; i < repeats.Length; i++)
            repeats[i] = (byte)(i % Vector128<byte>.Count % (i / Vector128<byte>.Count));
        return repeats;
    }

    // At least 56 bits. Those above the counted ones are there already, and the same.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Refill(ref ulong bits, ref int count, ref byte* next)
    {
        bits |= Unsafe.ReadUnaligned<ulong>(next) << count;
        next += (63 - count) >> 3;
        count |= 56;
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
    static uint Value(uint entry, ulong bits) =>
        (entry >> ValueShift) + (uint)((bits & ((1UL << (int)entry) - 1)) >> (int)(entry >> CodeShift & 15));

    // Writes up to 15 bytes more, and reads as many.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(byte* output, nint distance, int length)
    {
        byte* from = output - distance, end = output + length;
        if (distance >= Vector128<byte>.Count)
        {
            do
            {
                Vector128.Load(from).Store(output);
                from += Vector128<byte>.Count;
                output += Vector128<byte>.Count;
            }
            while (output < end);
        }
        else
        {
            // What repeats, as often as it fits into a vector.
            var repeated = Vector128.ShuffleNative(Vector128.Load(from), Vector128.LoadUnsafe(ref Repeats[(int)distance << 4]));
            for (nint step = Vector128<byte>.Count - Vector128<byte>.Count % distance; output < end; output += step)
                repeated.Store(output);
        }
    }
}
