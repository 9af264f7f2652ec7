using System.Runtime.InteropServices;

namespace MplugCluster.Model.Imaging.Skia;

/// <summary>
/// Frames outside the managed heap. A few of the usual size are kept: of memory that comes fresh from the system, every page costs more than filling it.
/// Thread-safe.
/// </summary>
static unsafe class FrameMemory
{
    /// <summary>Bytes of a frame that is kept: two million pixels. Larger ones are given back to the system.</summary>
    const int KeptBytes = 1 << 23;

    /// <summary>How many are kept.</summary>
    const int Kept = 4;

    static readonly Lock Gate = new();
    static readonly nint[] Idle = new nint[Kept];
    static int count;

    /// <summary>A frame of zeros; end with <see cref="Return"/>.</summary>
    public static byte* Rent(nuint bytes)
    {
        if (bytes > KeptBytes)
            return (byte*)NativeMemory.AllocZeroed(bytes);
        byte* frame = TakeIdle();
        frame = frame is null ? (byte*)NativeMemory.Alloc(KeptBytes) : frame;
        NativeMemory.Clear(frame, bytes);
        return frame;
    }

    /// <summary>Ends the loan of a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">As it was rented.</param>
    public static void Return(byte* frame, nuint bytes)
    {
        if (bytes <= KeptBytes)
        {
            lock (Gate)
            {
                if (count < Kept)
                {
                    Idle[count++] = (nint)frame;
                    return;
                }
            }
        }

        NativeMemory.Free(frame);
    }

    static byte* TakeIdle()
    {
        lock (Gate)
            return count > 0 ? (byte*)Idle[--count] : null;
    }
}
