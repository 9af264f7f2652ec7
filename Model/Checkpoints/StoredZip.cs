using System.Buffers.Binary;
using System.Text;

namespace MplugCluster.Model.Checkpoints;

/// <summary>
/// Directory of a zip file whose members are stored, not compressed, as torch.save writes them: each member is then a range of the file,
/// and a tensor can be read without touching the rest. Knows zip64, which files above 4 GB need.
/// </summary>
/// <remarks>Source: PKWARE APPNOTE.TXT 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.</remarks>
static class StoredZip
{
    const uint EndSignature = 0x06054b50;
    const uint End64LocatorSignature = 0x07064b50;
    const uint End64Signature = 0x06064b50;
    const uint EntrySignature = 0x02014b50;
    const uint LocalSignature = 0x04034b50;
    const int EndBytes = 22;
    const int MaxComment = ushort.MaxValue;
    const long MaxDirectoryBytes = 256L << 20;

    /// <summary>Members by name.</summary>
    public static IReadOnlyDictionary<string, StoredMember> Read(StorageFile file)
    {
        var (offset, length, count) = FindDirectory(file);
        if (length > MaxDirectoryBytes || length < 0)
            throw Damaged(file, $"its directory claims {length:N0} bytes");
        var directory = new byte[length];
        file.Read(directory, offset, "the zip directory");
        var members = new Dictionary<string, StoredMember>(StringComparer.Ordinal);
        var at = 0;
        for (long i = 0; i < count; i++)
        {
            var member = ReadEntry(file, directory, ref at);
            if (!members.TryAdd(member.Name, member))
                throw Damaged(file, $"it has two members named '{member.Name}'");
        }

        return members;
    }

    /// <summary>Where a member's bytes begin; its local header is only read when they are wanted.</summary>
    public static long DataOffset(StorageFile file, StoredMember member)
    {
        Span<byte> header = stackalloc byte[30];
        file.Read(header, member.HeaderOffset, $"the header of '{member.Name}'");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature)
            throw Damaged(file, $"the header of '{member.Name}' is not where the directory says");
        return member.HeaderOffset + 30
            + BinaryPrimitives.ReadUInt16LittleEndian(header[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
    }

    static (long Offset, long Length, long Count) FindDirectory(StorageFile file)
    {
        var tail = new byte[(int)Math.Min(file.Length, EndBytes + MaxComment)];
        file.Read(tail, file.Length - tail.Length, "the end of the zip");
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) != EndSignature)
                continue;
            var end = tail.AsSpan(at);
            long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
            long offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
            return count == ushort.MaxValue || length == uint.MaxValue || offset == uint.MaxValue
                ? FindDirectory64(file, file.Length - tail.Length + at)
                : (offset, length, count);
        }

        throw new CheckpointException($"'{file.Path}' is a truncated zip file: its directory, which stands at the end, is not there.");
    }

    static (long Offset, long Length, long Count) FindDirectory64(StorageFile file, long end)
    {
        Span<byte> locator = stackalloc byte[20];
        file.Read(locator, end - locator.Length, "the zip64 locator");
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != End64LocatorSignature)
            throw Damaged(file, "its zip64 locator is missing");
        Span<byte> record = stackalloc byte[56];
        file.Read(record, BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), "the zip64 directory record");
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != End64Signature)
            throw Damaged(file, "its zip64 directory record is missing");
        return (
            BinaryPrimitives.ReadInt64LittleEndian(record[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[32..]));
    }

    static StoredMember ReadEntry(StorageFile file, byte[] directory, ref int at)
    {
        if (at > directory.Length - 46 || BinaryPrimitives.ReadUInt32LittleEndian(directory.AsSpan(at)) != EntrySignature)
            throw Damaged(file, "its directory ends early");
        var entry = directory.AsSpan(at);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]);
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
        var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
        var extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]);
        var commentBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        long header = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        if (entry.Length < 46 + nameBytes + extraBytes + commentBytes)
            throw Damaged(file, "its directory ends early");
        var name = Encoding.UTF8.GetString(entry.Slice(46, nameBytes));
        ReadZip64(file, entry.Slice(46 + nameBytes, extraBytes), ref length, ref packed, ref header);
        if (method != 0 || packed != length)
            throw new CheckpointException($"'{file.Path}' has the compressed member '{name}'; torch.save stores its members uncompressed.");
        at += 46 + nameBytes + extraBytes + commentBytes;
        return new StoredMember(name, header, length, crc);
    }

    /// <summary>Sizes that do not fit 32 bits stand in an extra field, in this order and only those.</summary>
    static void ReadZip64(StorageFile file, ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long header)
    {
        while (extra.Length >= 4)
        {
            var (id, size) = (BinaryPrimitives.ReadUInt16LittleEndian(extra), BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]));
            if (size > extra.Length - 4)
                throw Damaged(file, "an extra field runs over its entry");
            if (id == 1)
            {
                var field = extra.Slice(4, size);
                Take(ref length, ref field);
                Take(ref packed, ref field);
                Take(ref header, ref field);
            }

            extra = extra[(4 + size)..];
        }

        void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue)
                return;
            if (field.Length < 8)
                throw Damaged(file, "a zip64 field is too short");
            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[8..];
            if (value < 0)
                throw Damaged(file, "a zip64 size is negative");
        }
    }

    static CheckpointException Damaged(StorageFile file, string how) => new($"'{file.Path}' is a damaged zip file: {how}.");
}
