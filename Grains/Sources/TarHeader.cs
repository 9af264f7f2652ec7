using System.Buffers.Binary;
using System.Text;

namespace MplugCluster.Grains.Sources;

/// <summary>A tar header of 512 bytes, in the old, the POSIX (ustar) and the GNU form.</summary>
/// <param name="Name">Path of the member.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Type">What it is: '0' for a plain file.</param>
sealed record TarHeader(string Name, long Size, char Type)
{
    /// <summary>Headers and contents stand in blocks of this size.</summary>
    public const int Block = 512;

    /// <summary>Reads a header; null if the bytes are none.</summary>
    public static TarHeader? Parse(ReadOnlySpan<byte> block)
    {
        if (Number(block.Slice(148, 8)) is not { } sum || sum != Sum(block) || Number(block.Slice(124, 12)) is not { } size || size < 0)
            return null;
        var name = Text(block[..100]);
        var isPosix = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        if (isPosix && Text(block.Slice(345, 155)) is { Length: > 0 } prefix)
            name = $"{prefix}/{name}";
        return new TarHeader(name, size, (char)block[156]);
    }

    /// <summary>Text up to the first zero.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal digits, or GNU's big-endian number for what is too large for them.</summary>
    static long? Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
            return field[..^8].TrimStart((byte)0x80).TrimStart((byte)0).Length == 0 ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) : null;
        var value = 0L;
        foreach (var digit in Encoding.ASCII.GetString(field).Trim('\0', ' '))
        {
            if (digit is < '0' or > '7')
                return null;
            value = (value << 3) + (digit - '0');
        }

        return value;
    }

    /// <summary>All bytes, with the field of the sum itself as spaces.</summary>
    static long Sum(ReadOnlySpan<byte> block)
    {
        var sum = 8L * ' ';
        for (var i = 0; i < Block; i++)
            sum += i is >= 148 and < 156 ? 0 : block[i];
        return sum;
    }
}
