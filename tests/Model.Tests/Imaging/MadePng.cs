using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using MplugCluster.Model.Imaging.Png;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>A PNG of random rows in random filters, of every kind that there is.</summary>
sealed record MadePng
{
    static readonly (int X, int Y, int EachX, int EachY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public required int Width { get; init; }

    public required int Height { get; init; }

    public PngSamples Samples { get; init; } = PngSamples.Rgb;

    public int Depth { get; init; } = 8;

    public bool Interlaced { get; init; }

    /// <summary>Bytes of a chunk of compressed rows.</summary>
    public int DataBytes { get; init; } = 1 << 14;

    /// <summary>Of the palette.</summary>
    public int Colours { get; init; }

    /// <summary>Bytes of a transparency chunk; 0: none.</summary>
    public int Transparency { get; init; }

    /// <summary>Chunks between header and palette.</summary>
    public (string Type, byte[] Data)[] Before { get; init; } = [];

    /// <summary>Chunks behind the rows.</summary>
    public (string Type, byte[] Data)[] After { get; init; } = [];

    /// <summary>Rows that the header does not announce (or, negative, lacks).</summary>
    public int ExtraRows { get; init; }

    /// <summary>Bytes that the end of the compressed rows lacks: up to four of them are their checksum.</summary>
    public int Lacking { get; init; }

    /// <summary>Whether that checksum is a wrong one.</summary>
    public bool WrongSum { get; init; }

    /// <summary>Of every row, instead of random ones.</summary>
    public byte? Filter { get; init; }

    public CompressionLevel Level { get; init; } = CompressionLevel.Fastest;

    public int Seed { get; init; } = 1;

    int PixelBits => Depth * Samples switch { PngSamples.Rgba => 4, PngSamples.Rgb => 3, PngSamples.GreyAlpha => 2, _ => 1 };

    public byte[] File()
    {
        var random = new Random(Seed);
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9], header[12]) = ((byte)Depth, (byte)Samples, (byte)(Interlaced ? 1 : 0));
        Write(file, "IHDR", header);
        foreach (var (type, data) in Before)
            Write(file, type, data);
        if (Colours > 0)
            Write(file, "PLTE", Bytes(random, 3 * Colours));
        if (Transparency > 0)
            Write(file, "tRNS", Bytes(random, Transparency));
        foreach (var piece in Rows(random).Chunk(DataBytes))
            Write(file, "IDAT", piece);
        foreach (var (type, data) in After)
            Write(file, type, data);
        Write(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A chunk with its checksum.</summary>
    public static void Write(Stream file, string type, byte[] data)
    {
        byte[] named = [.. Encoding.Latin1.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(named));
        file.Write(number);
    }

    /// <summary>Gives every chunk that lies in the file the checksum that it should have.</summary>
    public static void RightChecksums(byte[] file)
    {
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                return;
            var named = file.AsSpan(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), Crc32.HashToUInt32(named));
            at += 12 + (int)length;
        }
    }

    byte[] Rows(Random random)
    {
        var compressed = new MemoryStream();
        using (var rows = new ZLibStream(compressed, Level, leaveOpen: true))
        {
            IEnumerable<(int, int)> pictures = Interlaced ? Passes.Select(Pass).Where(size => size is { Width: > 0, Height: > 0 }) : [(Width, Height)];
            foreach (var (width, height) in pictures)
            {
                for (var row = 0; row < height + ExtraRows; row++)
                {
                    rows.WriteByte(Filter ?? (byte)random.Next(5));
                    rows.Write(Bytes(random, (width * PixelBits + 7) / 8));
                }
            }
        }

        var bytes = compressed.ToArray();
        if (WrongSum)
            bytes[^1] ^= 1;
        return bytes[..^Lacking];
    }

    (int Width, int Height) Pass((int X, int Y, int EachX, int EachY) pass) =>
        ((Width - pass.X + pass.EachX - 1) / pass.EachX, (Height - pass.Y + pass.EachY - 1) / pass.EachY);

    // Runs among the noise, so that there is something to compress.
    static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        for (var at = 0; at < count;)
        {
            var run = random.Next(1, 60);
            if (random.Next(2) == 0)
                bytes.AsSpan(at, Math.Min(run, count - at)).Fill((byte)random.Next(256));
            at += run;
        }

        return bytes;
    }
}
