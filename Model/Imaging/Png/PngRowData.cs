using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>The compressed rows of a PNG: the data of its IDAT chunks, one after the other. Reads memory that the caller keeps in place.</summary>
/// <param name="file">Beginning of the file.</param>
/// <param name="data">Where the first of the chunks begins. The chunks have been checked: there is another one behind each.</param>
sealed unsafe class PngRowData(byte* file, int data)
{
    int next = data;
    int at;
    int left;

    /// <summary>Copies the next bytes.</summary>
    /// <returns>How many; fewer than were asked for at the end.</returns>
    public int Read(byte* buffer, int length)
    {
        int done = 0;
        while (done < length && (left > 0 || TryEnterChunk()))
        {
            int count = Math.Min(left, length - done);
            Unsafe.CopyBlockUnaligned(buffer + done, file + at, (uint)count);
            at += count;
            left -= count;
            done += count;
        }

        return done;
    }

    bool TryEnterChunk()
    {
        var head = new ReadOnlySpan<byte>(file + next, PngFrame.ChunkHead);
        if (BinaryPrimitives.ReadUInt32BigEndian(head[4..]) != PngFrame.Rows)
            return false;
        (at, left) = (next + PngFrame.ChunkHead, BinaryPrimitives.ReadInt32BigEndian(head));
        next = at + left + PngFrame.ChunkTail;
        return true;
    }
}
