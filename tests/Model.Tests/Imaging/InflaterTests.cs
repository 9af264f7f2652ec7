using System.IO.Compression;
using MplugCluster.Model.Imaging.Png;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>Beside zlib. Damaged data is compared in <see cref="PlainPngTests"/>, where only the codec library knows what is to be refused.</summary>
public sealed class InflaterTests
{
    const int Window = 32_768;

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Take_EveryKindOfData_SameBytes(CompressionLevel level)
    {
        Assert.SkipUnless(PlainPng.IsSupported, "this processor has no vectors");
        var random = new Random(5);
        foreach (var (name, data) in Kinds(random))
        {
            var compressed = Compressed(data, level);
            foreach (var strip in new[] { data.Length, 1 + data.Length / 2, random.Next(1, 70_000), random.Next(1, 3_000) })
            {
                var chunk = random.Next(4) == 0 ? random.Next(1, 40) : random.Next(1, 100_000);
                Assert.True(Inflated(compressed, data.Length, strip, chunk).AsSpan().SequenceEqual(data), $"{name}, {data.Length} bytes by {strip} from {chunk}");
            }
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(31_000, true)]
    [InlineData(Window, true)]
    [InlineData(Window - 1, true)]
    [InlineData(20_000, false)]
    public void Take_MatchFromFarBack_AsFarAsThereIsData(int distance, bool isEnough)
    {
        Assert.SkipUnless(PlainPng.IsSupported, "this processor has no vectors");
        var data = new byte[isEnough ? Window : distance - 1];
        new Random(6).NextBytes(data);
        var bits = new Bits();
        bits.Stored(data);
        bits.FixedMatch(distance);
        byte[] expected = [.. data, .. new byte[258]];
        for (var i = data.Length; i < expected.Length && isEnough; i++)
            expected[i] = expected[i - distance];

        var inflated = Inflated(bits.Ended(expected), expected.Length, 10_000, 999);

        Assert.Equal(isEnough ? expected : null, inflated);
    }

    [Fact]
    public void Take_BlocksOfNothing_GivenUp()
    {
        Assert.SkipUnless(PlainPng.IsSupported, "this processor has no vectors");
        var (few, many) = (new Bits(), new Bits());
        for (var block = 0; block < 5_000; block++)
        {
            many.FixedNothing();
            if (block < 30)
                few.FixedNothing();
        }

        few.Stored([1, 2, 3]);
        many.Stored([1, 2, 3]);

        Assert.Equal([1, 2, 3], Inflated(few.Ended([1, 2, 3]), 3, 3, 100));
        Assert.Null(Inflated(many.Ended([1, 2, 3]), 3, 3, 100));
    }

    [Fact]
    public void Take_OtherLengthOrSum_Refused()
    {
        Assert.SkipUnless(PlainPng.IsSupported, "this processor has no vectors");
        var data = new byte[1000];
        var compressed = Compressed(data, CompressionLevel.Optimal);

        Assert.NotNull(Inflated(compressed, 1000, 100, 10));
        Assert.NotNull(Inflated([.. compressed, 1, 2, 3], 1000, 100, 10));
        Assert.Null(Inflated(compressed, 999, 100, 10));
        Assert.Null(Inflated(compressed, 1001, 100, 10));
        Assert.Null(Inflated([.. compressed[..^1], (byte)(compressed[^1] + 1)], 1000, 100, 10));
        Assert.All(Enumerable.Range(0, compressed.Length), length => Assert.Null(Inflated(compressed[..length], 1000, 100, 10)));
    }

    static IEnumerable<(string Name, byte[] Data)> Kinds(Random random)
    {
        yield return ("one byte", [7]);
        yield return ("zeros", new byte[300_000]);
        yield return ("noise", Made(200_000, _ => random.Next(256)));
        yield return ("few values", Made(150_000, _ => random.Next(5)));
        yield return ("one value often", Made(400_000, _ => random.Next(40) == 0 ? random.Next(256) : 9));
        var block = Made(31_000, _ => random.Next(256));
        yield return ("far repeats", Made(250_000, i => block[i % block.Length] ^ (random.Next(500) == 0 ? 1 : 0)));
        for (var period = 1; period <= 20; period++)
            yield return ($"period {period}", Made(20_000, i => i % period * 13 + (random.Next(100) == 0 ? 1 : 0)));
    }

    static byte[] Made(int length, Func<int, int> value) => [.. Enumerable.Range(0, length).Select(i => (byte)value(i))];

    static byte[] Compressed(byte[] data, CompressionLevel level)
    {
        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, level, leaveOpen: true))
            stream.Write(data);
        return compressed.ToArray();
    }

    static unsafe byte[]? Inflated(byte[] compressed, int length, int strip, int chunk)
    {
        var file = new MemoryStream();
        foreach (var piece in compressed.Chunk(chunk))
            MadePng.Write(file, "IDAT", piece);
        MadePng.Write(file, "IEND", []);
        var (result, outputBytes) = (new byte[length], Inflater.OutputBytes + strip);
        fixed (byte* bytes = file.ToArray(), memory = new byte[InflateInput.Bytes + outputBytes])
        {
            var input = new InflateInput(new PngRowData(bytes, 0), memory);
            var inflater = new Inflater(input, memory + InflateInput.Bytes, outputBytes, length);
            if (!inflater.TryBegin())
                return null;
            for (var at = 0; at < length; at += strip)
            {
                var count = Math.Min(strip, length - at);
                var taken = inflater.Take(count, isLast: at + count == length);
                if (taken is null)
                    return null;
                new ReadOnlySpan<byte>(taken, count).CopyTo(result.AsSpan(at));
            }
        }

        return result;
    }

    /// <summary>Compressed data by hand.</summary>
    sealed class Bits
    {
        readonly List<byte> bytes = [0x78, 0x01];
        ulong pending;
        int count;

        public void Stored(byte[] data)
        {
            foreach (var piece in data.Chunk(65_535))
            {
                Put(0, 3);
                Align();
                bytes.AddRange([(byte)piece.Length, (byte)(piece.Length >> 8), (byte)~piece.Length, (byte)(~piece.Length >> 8), .. piece]);
            }
        }

        public void FixedNothing()
        {
            Put(2, 3);
            Put(0, 7);
        }

        /// <summary>A block of one match of 258 bytes.</summary>
        public void FixedMatch(int distance)
        {
            var (symbol, least) = (0, 1);
            while (least + (1 << Extra(symbol)) <= distance)
                least += 1 << Extra(symbol++);
            Put(2, 3);
            PutCode(0b1100_0101, 8); // 285
            PutCode(symbol, 5);
            Put((ulong)(distance - least), Extra(symbol));
            Put(0, 7);
        }

        public byte[] Ended(byte[] data)
        {
            Put(3, 3);
            Put(0, 7);
            Align();
            var sum = new Adler32();
            sum.Add(data);
            return [.. bytes, (byte)(sum.Value >> 24), (byte)(sum.Value >> 16), (byte)(sum.Value >> 8), (byte)sum.Value];
        }

        static int Extra(int symbol) => symbol < 4 ? 0 : (symbol - 2) / 2;

        void PutCode(int code, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--)
                Put((ulong)(code >> bit & 1), 1);
        }

        void Put(ulong value, int length)
        {
            pending |= value << count;
            for (count += length; count >= 8; count -= 8, pending >>= 8)
                bytes.Add((byte)pending);
        }

        void Align()
        {
            if (count > 0)
                Put(0, 8 - count);
        }
    }
}
