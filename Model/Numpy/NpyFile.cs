using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace MplugCluster.Model.Numpy;

/// <summary>Reads and writes <c>.npy</c> files of float32, int64 and uint8, in C order, little endian.</summary>
/// <remarks>Source: numpy/numpy numpy/lib/format.py (format versions 1.0 to 3.0).</remarks>
public static partial class NpyFile
{
    const int PrefixBytes = 10;
    const int Alignment = 64;
    const int MaxHeaderBytes = 1 << 16;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array.</summary>
    /// <exception cref="InvalidDataException">Not a npy file, or one of another type, order or length; the message says which.</exception>
    public static NpyArray<T> Read<T>(string path) where T : unmanaged
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < PrefixBytes + 2 || !bytes.AsSpan(0, 6).SequenceEqual(Magic))
            throw new InvalidDataException($"'{path}' is not a .npy file.");
        var (start, length) = bytes[6] == 1
            ? (PrefixBytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)))
            : (PrefixBytes + 2, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)));
        if (length < 0 || length > Math.Min(bytes.Length - start, MaxHeaderBytes))
            throw new InvalidDataException($"'{path}' ends inside its header, or has one of more than {MaxHeaderBytes:N0} bytes.");
        var header = HeaderPattern().Match(Encoding.Latin1.GetString(bytes, start, length));
        if (!header.Success)
            throw new InvalidDataException($"'{path}' has a header that cannot be read.");
        if (header.Groups["order"].Value != "False")
            throw new InvalidDataException($"'{path}' is in Fortran order; only C order is read.");
        if (header.Groups["type"].Value != Descriptor<T>())
            throw new InvalidDataException($"'{path}' has the type {header.Groups["type"].Value}, expected {Descriptor<T>()}.");
        int[] shape = [.. header.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new InvalidDataException($"'{path}' has an axis of size '{size}'."))];
        var expected = shape.Aggregate((Int128)Marshal.SizeOf<T>(), (product, size) => Int128.Min(long.MaxValue, product * size));
        if (bytes.Length - start - length != expected)
            throw new InvalidDataException($"'{path}' has {bytes.Length - start - length:N0} bytes of data, expected {expected:N0}.");
        return new NpyArray<T>(shape, MemoryMarshal.Cast<byte, T>(bytes.AsSpan(start + length)).ToArray());
    }

    /// <summary>Bytes of <see cref="FixedHeader"/>.</summary>
    public const int FixedHeaderBytes = 128;

    /// <summary>A header that always takes <see cref="FixedHeaderBytes"/>, so that it can be written when the number of rows is known at last.</summary>
    public static byte[] FixedHeader<T>(ReadOnlySpan<int> shape) where T : unmanaged => Header<T>(shape, FixedHeaderBytes);

    /// <summary>Writes an array, byte for byte as <c>numpy.save</c> would.</summary>
    public static void Write<T>(string path, ReadOnlySpan<int> shape, ReadOnlySpan<T> data) where T : unmanaged
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(Header<T>(shape, Alignment));
        file.Write(MemoryMarshal.AsBytes(data));
    }

    /// <summary>A header whose length is a multiple of so many bytes.</summary>
    static byte[] Header<T>(ReadOnlySpan<int> shape, int multiple) where T : unmanaged
    {
        var sizes = shape.Length == 1 ? $"{shape[0]}," : string.Join(", ", shape.ToArray());
        var header = $"{{'descr': '{Descriptor<T>()}', 'fortran_order': False, 'shape': ({sizes}), }}";
        var padded = (PrefixBytes + header.Length + multiple) / multiple * multiple - PrefixBytes;
        Span<byte> prefix = [.. Magic, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], (ushort)padded);
        return [.. prefix, .. Encoding.Latin1.GetBytes(header.PadRight(padded - 1) + '\n')];
    }

    static string Descriptor<T>() =>
        typeof(T) == typeof(float) ? "<f4"
        : typeof(T) == typeof(long) ? "<i8"
        : typeof(T) == typeof(byte) ? "|u1"
        : throw new NotSupportedException($"{typeof(T).Name} is not among the types float, long and byte.");

    [GeneratedRegex(@"^\{'descr':\s*'(?<type>[^']*)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[\d,\s]*)\)")]
    private static partial Regex HeaderPattern();
}
