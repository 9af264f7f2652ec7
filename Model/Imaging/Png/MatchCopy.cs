using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>Copies what was there before to the end of what is there now, where the two may overlap.</summary>
static unsafe class MatchCopy
{
    static readonly byte[] Repeats = MakeRepeats();

    /// <summary>Copies a match. Reads and writes up to 15 bytes more.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="distance">How far back it begins, at least 1.</param>
    /// <param name="length">Its length.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* output, nint distance, int length)
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

    static byte[] MakeRepeats()
    {
        var repeats = new byte[Vector128<byte>.Count * Vector128<byte>.Count];
        for (int i = Vector128<byte>.Count; i < repeats.Length; i++)
            repeats[i] = (byte)(i % Vector128<byte>.Count % (i / Vector128<byte>.Count));
        return repeats;
    }
}
