using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// Undoes what an encoder did to a row so that it compresses better. Rows are read and written in wholes of <see cref="Slack"/> bytes: buffers end so
/// much later.
/// Source: Portable Network Graphics specification, 9 Filtering.
/// </summary>
static unsafe class PngFilters
{
    /// <summary>Bytes behind the end of a row that may be read, and in the result written.</summary>
    public const int Slack = 32;

    const int None = 0;
    const int Sub = 1;
    const int Up = 2;
    const int Average = 3;
    const int Paeth = 4;

    /// <summary>Undoes one row.</summary>
    /// <param name="filter">Its first byte.</param>
    /// <param name="coded">The rest of it.</param>
    /// <param name="above">The row above, undone; zeros above the first.</param>
    /// <param name="row">Takes the row. Not the memory that the others are in.</param>
    /// <param name="bytes">Length of each.</param>
    /// <param name="pixelBytes">Distance to the byte that a byte was predicted from, 1 to 8.</param>
    /// <returns>False: there is no such filter.</returns>
    public static bool TryUndo(int filter, byte* coded, byte* above, byte* row, int bytes, int pixelBytes)
    {
        switch (filter)
        {
            case None:
                Unsafe.CopyBlockUnaligned(row, coded, (uint)bytes);
                return true;
            case Sub:
                UndoSub(coded, row, bytes, pixelBytes);
                return true;
            case Up:
                UndoUp(coded, above, row, bytes);
                return true;
            case Average:
                UndoAverage(coded, above, row, bytes, pixelBytes);
                return true;
            case Paeth:
                UndoPaeth(coded, above, row, bytes, pixelBytes);
                return true;
            default:
                return false;
        }
    }

    static void UndoUp(byte* coded, byte* above, byte* row, int bytes)
    {
        for (int x = 0; x < bytes; x += Vector256<byte>.Count)
            (Vector256.Load(coded + x) + Vector256.Load(above + x)).Store(row + x);
    }

    // In the others a pixel waits for the one to its left. Eight bytes are computed for each; those of the next pixel are written again.
    static void UndoSub(byte* coded, byte* row, int bytes, int pixelBytes)
    {
        var left = Vector128<byte>.Zero;
        for (int x = 0; x < bytes; x += pixelBytes)
        {
            left += Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(coded + x)).AsByte();
            Unsafe.WriteUnaligned(row + x, left.AsUInt64().ToScalar());
        }
    }

    static void UndoAverage(byte* coded, byte* above, byte* row, int bytes, int pixelBytes)
    {
        var left = Vector128<short>.Zero;
        for (int x = 0; x < bytes; x += pixelBytes)
        {
            left = AddBytes(Load(coded + x), (left + Load(above + x)) >>> 1);
            Store(left, row + x);
        }
    }

    static void UndoPaeth(byte* coded, byte* above, byte* row, int bytes, int pixelBytes)
    {
        var (left, corner) = (Vector128<short>.Zero, Vector128<short>.Zero);
        for (int x = 0; x < bytes; x += pixelBytes)
        {
            var up = Load(above + x);
            left = AddBytes(Load(coded + x), Nearest(left, up, corner));
            corner = up;
            Store(left, row + x);
        }
    }

    // Which of the three is nearest to left + up - corner: the smaller of left and up where that is no larger than three corners less both, the larger
    // one where it is no smaller, else the corner. That takes half as many steps one after the other as the distances do; a test compares all bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<short> Nearest(Vector128<short> left, Vector128<short> up, Vector128<short> corner)
    {
        var border = corner + corner + corner - up - left;
        var (smaller, larger) = (Vector128.Min(left, up), Vector128.Max(left, up));
        var low = Vector128.ConditionalSelect(Vector128.GreaterThan(larger, border), corner, smaller);
        return Vector128.ConditionalSelect(Vector128.GreaterThan(border, smaller), low, larger);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<short> AddBytes(Vector128<short> first, Vector128<short> second) => (first.AsByte() + second.AsByte()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<short> Load(byte* bytes) =>
        Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(bytes)).AsByte()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector128<short> values, byte* bytes) =>
        Unsafe.WriteUnaligned(bytes, Vector128.Narrow(values.AsUInt16(), values.AsUInt16()).AsUInt64().ToScalar());
}
