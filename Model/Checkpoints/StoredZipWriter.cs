using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace MplugCluster.Model.Checkpoints;

/// <summary>
/// Writes a zip file whose members are stored, one after another, their bytes aligned to 64 as torch.save aligns them. Grows into zip64 where
/// 32 bits are not enough.
/// </summary>
/// <remarks>Source: PKWARE APPNOTE.TXT 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3; pytorch/pytorch caffe2/serialize/inline_container.cc getPadding.</remarks>
sealed class StoredZipWriter(Stream output) : IDisposable
{
    const int Alignment = 64;
    const int LocalBytes = 30;
    const int EntryBytes = 46;

    /// <summary>Id of the extra field that only pads; what it holds is of no meaning.</summary>
    const ushort PaddingId = 0x4246;

    /// <summary>1980-01-01, so that the same members make the same file.</summary>
    const uint Epoch = 0x00210000;

    readonly List<(string Name, long Header, long Length, uint Crc)> members = [];
    long position;

    /// <summary>Writes one member.</summary>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        var crc = Crc32.HashToUInt32(content);
        members.Add((name, position, content.Length, crc));
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var bare = position + LocalBytes + nameBytes.Length + 4;
        var padding = (int)((Alignment - bare % Alignment) % Alignment);
        var header = new byte[LocalBytes + nameBytes.Length + 4 + padding];
        var fields = new Fields(header);
        fields.U32(0x04034b50).U16(20).U16(0).U16(0).U32(Epoch).U32(crc).U32((uint)content.Length).U32((uint)content.Length);
        fields.U16((ushort)nameBytes.Length).U16((ushort)(4 + padding)).Bytes(nameBytes).U16(PaddingId).U16((ushort)padding);
        Write(header);
        Write(content);
    }

    /// <summary>Writes the directory and closes the stream.</summary>
    public void Dispose()
    {
        var begin = position;
        foreach (var member in members)
            Write(Entry(member.Name, member.Header, member.Length, member.Crc));
        var length = position - begin;
        var large = begin + length >= uint.MaxValue || members.Count >= ushort.MaxValue;
        if (large)
            Write(End64(begin, length));
        var end = new byte[22];
        var count = large ? ushort.MaxValue : (ushort)members.Count;
        new Fields(end).U32(0x06054b50).U32(0).U16(count).U16(count)
            .U32(large ? uint.MaxValue : (uint)length).U32(large ? uint.MaxValue : (uint)begin).U16(0);
        Write(end);
        output.Dispose();
    }

    static byte[] Entry(string name, long header, long length, uint crc)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var far = header >= uint.MaxValue;
        var entry = new byte[EntryBytes + nameBytes.Length + (far ? 12 : 0)];
        var version = (ushort)(far ? 45 : 20);
        var fields = new Fields(entry);
        fields.U32(0x02014b50).U16(version).U16(version).U16(0).U16(0).U32(Epoch).U32(crc).U32((uint)length).U32((uint)length);
        fields.U16((ushort)nameBytes.Length).U16((ushort)(far ? 12 : 0)).U16(0).U16(0).U16(0).U32(0);
        fields.U32(far ? uint.MaxValue : (uint)header).Bytes(nameBytes);
        if (far)
            fields.U16(1).U16(8).U64((ulong)header);
        return entry;
    }

    byte[] End64(long begin, long length)
    {
        var record = new byte[56 + 20];
        var count = (ulong)members.Count;
        var fields = new Fields(record);
        fields.U32(0x06064b50).U64(44).U16(45).U16(45).U32(0).U32(0).U64(count).U64(count).U64((ulong)length).U64((ulong)begin);
        fields.U32(0x07064b50).U32(0).U64((ulong)position).U32(1);
        return record;
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        position += bytes.Length;
    }

    /// <summary>Little-endian fields one after another.</summary>
    sealed class Fields(byte[] target)
    {
        int at;

        public Fields U16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target.AsSpan(at), value);
            at += 2;
            return this;
        }

        public Fields U32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target.AsSpan(at), value);
            at += 4;
            return this;
        }

        public Fields U64(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target.AsSpan(at), value);
            at += 8;
            return this;
        }

        public Fields Bytes(byte[] value)
        {
            value.CopyTo(target, at);
            at += value.Length;
            return this;
        }
    }
}
