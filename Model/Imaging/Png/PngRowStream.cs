using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>The compressed rows of a PNG: the data of its IDAT chunks, one after the other. Reads memory that the caller keeps in place.</summary>
/// <param name="file">Beginning of the file.</param>
/// <param name="data">Where the first of the chunks begins. The chunks have been checked: there is another one behind each.</param>
sealed unsafe class PngRowStream(byte* file, int data) : Stream
{
    int next = data;
    int at;
    int left;

    /// <summary>Whether more was asked for than there is: what is compressed has no end.</summary>
    public bool IsShort { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (left == 0 && !TryEnterChunk())
        {
            IsShort = true;
            return 0;
        }

        int count = Math.Min(left, buffer.Length);
        new ReadOnlySpan<byte>(file + at, count).CopyTo(buffer);
        at += count;
        left -= count;
        return count;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
