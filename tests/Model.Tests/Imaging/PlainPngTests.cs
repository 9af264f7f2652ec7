using System.IO.Compression;
using System.Text;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Png;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>Beside the codec library, which decodes the whole picture at once: the same pixels, errors and messages.</summary>
public sealed class PlainPngTests
{
    static readonly (PngSamples Samples, int[] Depths)[] Kinds =
    [
        (PngSamples.Grey, [1, 2, 4, 8, 16]), (PngSamples.Palette, [1, 2, 4, 8]), (PngSamples.Rgb, [8, 16]),
        (PngSamples.GreyAlpha, [8, 16]), (PngSamples.Rgba, [8, 16]),
    ];

    static readonly IImageDecoder Library = ImageDecoders.Library();

    [Fact]
    public void TryDecode_EveryKindInEverySize_SamePixels()
    {
        SkipUnlessComparable();
        (int, int)[] sizes = [(1, 1), (2, 3), (3, 17), (5, 5), (7, 40), (16, 16), (33, 9), (61, 35), (257, 64), (1000, 3), (4099, 5)];
        var seed = 0;
        var wrong =
            from made in Everything()
            from size in sizes
            let file = (made with { Width = size.Item1, Height = size.Item2, Seed = ++seed }).File()
            let difference = Difference(file, expectOurs: true)
            where difference.Length > 0
            select $"{size} of {made}: {difference}";

        AssertNone(wrong);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TryDecode_EveryFilterOfEveryDistance_SamePixels(byte filter)
    {
        SkipUnlessComparable();

        AssertNone(
            from made in Everything()
            let difference = Difference((made with { Width = 123, Height = 60, Filter = filter, Seed = filter }).File(), expectOurs: true)
            where difference.Length > 0
            select $"{made}: {difference}");
    }

    [Fact]
    public void TryDecode_OddButWhole_SamePixels()
    {
        SkipUnlessComparable();
        var text = Encoding.Latin1.GetBytes("Comment\0made");
        var plain = new MadePng { Width = 40, Height = 30 };
        var profile = ("iCCP", (byte[])[.. "made\0\0"u8, .. Compressed(new byte[200])]);
        (MadePng Made, bool Ours)[] cases =
        [
            (plain with { DataBytes = 1 }, true),
            (plain with { DataBytes = 7, Samples = PngSamples.Palette, Depth = 4, Colours = 16 }, true),
            (plain with { Level = CompressionLevel.NoCompression, Width = 700, Height = 700, DataBytes = 1 << 20 }, true),
            (plain with { Before = [("gAMA", [0, 0, 0x40, 0]), ("sRGB", [0])], After = [("tEXt", text), ("tIME", [7, 0xEA, 1, 1, 1, 1, 1])] }, true),
            (plain with { Before = [("gAMA", [0, 0, 0, 0]), ("cHRM", new byte[32]), ("sRGB", [9])] }, true),
            (plain with { Before = [profile] }, true),
            (plain with { Before = [profile], Samples = PngSamples.Grey, Depth = 16 }, true),
            (plain with { Before = [("sBIT", [5, 6, 5])] }, true),
            (plain with { Before = [("sBIT", [8, 8, 8, 8])], Samples = PngSamples.Rgba }, true),
            (plain with { Before = [("sBIT", [1, 8])], Samples = PngSamples.GreyAlpha }, false),
            (plain with { Before = [("bKGD", [0, 9, 0, 9, 0, 9])], After = [("eXIf", [1, 2, 3])] }, true),
            (plain with { Before = [("quIT", [])], After = [("zzZz", text)] }, true),
            (plain with { Before = [("zzzz", text)] }, false),
            (plain with { Before = [("ZZZZ", text)] }, false),
            (plain with { Before = [("z1Zz", text)] }, false),
            (plain with { Before = [("IHDR", new byte[13])] }, false),
            (plain with { Before = [("PLTE", new byte[30])], Colours = 3 }, false),
            (plain with { Before = [("PLTE", new byte[31])] }, false),
            (plain with { Before = [("IDAT", [])] }, false),
            (plain with { Before = [("IEND", [])] }, false),
            (plain with { Before = [("acTL", new byte[8])] }, false),
            (plain with { After = [("PLTE", new byte[30])] }, false),
            (plain with { After = [("tEXt", text), ("IDAT", text)] }, false),
            (plain with { After = [("IDAT", text)] }, true),
            (plain with { After = [("teXt", new byte[(1 << 20) + 1])] }, false),
            (plain with { After = [("IDAT", new byte[(1 << 20) + 1])] }, false),
            (plain with { After = [("IDAT", new byte[9_000_000])] }, false),
            (plain with { After = [.. Enumerable.Repeat(("tEXt", text), 300)] }, false),
            (plain with { After = [.. Enumerable.Repeat(("tEXt", text), 100)] }, true),
            (plain with { Samples = PngSamples.Palette }, false),
            (plain with { Samples = PngSamples.Palette, Depth = 2, Colours = 5 }, false),
            (plain with { Samples = PngSamples.Palette, Depth = 8, Colours = 7, Transparency = 9 }, true),
            (plain with { Samples = PngSamples.Palette, Depth = 16, Colours = 7 }, false),
            (plain with { Samples = PngSamples.Rgb, Depth = 4 }, false),
            (plain with { Samples = (PngSamples)5 }, false),
            (plain with { ExtraRows = 1 }, false),
            (plain with { ExtraRows = -1 }, false),
            (plain with { Filter = 5 }, false),
            (plain with { Lacking = 1 }, false),
            (plain with { Lacking = 4 }, false),
            (plain with { Lacking = 5, Level = CompressionLevel.NoCompression }, false),
            (plain with { WrongSum = true }, false),
            (plain with { Interlaced = true }, false),
        ];

        AssertNone(
            from one in cases
            let difference = Difference(one.Made.File(), one.Ours)
            where difference.Length > 0
            select $"{one.Made} with {string.Join(' ', one.Made.Before.Concat(one.Made.After).Select(chunk => chunk.Type))}: {difference}");
    }

    [Fact]
    public void Decode_Interlaced_LibraryDecodesIt()
    {
        SkipUnlessComparable();

        AssertNone(
            from made in Everything()
            let difference = Difference((made with { Width = 31, Height = 21, Interlaced = true }).File(), expectOurs: false)
            where difference.Length > 0
            select $"{made}: {difference}");
    }

    [Fact]
    public void Decode_CutAnywhere_SameAsLibrary()
    {
        SkipUnlessComparable();
        var random = new Random(11);
        List<string> wrong = [];
        foreach (var made in Everything().Append(new MadePng { Width = 9, Height = 9, Interlaced = true }))
        {
            var file = (made with { Width = 37, Height = 23, DataBytes = random.Next(20, 3000), After = [("tEXt", "a\0b"u8.ToArray())] }).File();
            for (var length = file.Length - 1; length > 24; length -= file.Length - length < 120 || length < 120 ? 1 : random.Next(1, 60))
            {
                if (Difference(file[..length], expectOurs: null) is { Length: > 0 } difference)
                    wrong.Add($"{length} of {file.Length} bytes of {made}: {difference}");
            }
        }

        AssertNone(wrong);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_DamagedAnywhere_SameAsLibrary(bool rightChecksums)
    {
        SkipUnlessComparable();
        var random = new Random(rightChecksums ? 12 : 13);
        List<string> wrong = [];
        foreach (var made in Everything())
        {
            var whole = (made with { Width = 29, Height = 19, DataBytes = random.Next(20, 3000), Level = CompressionLevel.Optimal }).File();
            for (var round = 0; round < 60; round++)
            {
                var file = whole.ToArray();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    file[random.Next(24, file.Length)] ^= (byte)(1 << random.Next(8));
                if (rightChecksums)
                    MadePng.RightChecksums(file);
                if (Difference(file, expectOurs: null) is { Length: > 0 } difference)
                    wrong.Add($"round {round} of {made}: {difference}");
            }
        }

        AssertNone(wrong);
    }

    [Fact]
    public void Decode_Whole_LibraryIsNotAskedAndNoFrameTaken()
    {
        SkipUnlessComparable();
        var budget = new FrameBudget(1 << 20);
        var (plain, interlaced) = (new MadePng { Width = 300, Height = 200 }, new MadePng { Width = 300, Height = 200, Interlaced = true });

        Assert.Equal(0, TakenAtBegin(plain.File()));
        Assert.Equal((4 + 4) * 300 * 200, TakenAtBegin(interlaced.File()));
        Assert.Equal(4 * 300 * 200, TakenAtBegin((plain with { ExtraRows = -50 }).File())); // found out on the way
        Assert.Equal(0, budget.Taken);

        long TakenAtBegin(byte[] file)
        {
            var sink = new BudgetSink(budget);
            Assert.Null(new PlainPngDecoder(ImageDecoders.Library(budget)).Decode(file, Header(file), TruncatedPictures.Lenient, sink, default));
            return sink.Taken;
        }
    }

    [Fact]
    public void Decode_Cancelled_Throws()
    {
        SkipUnlessComparable();
        var file = new MadePng { Width = 30, Height = 20 }.File();

        Assert.Throws<OperationCanceledException>(() => PlainPng.TryDecode(file, Header(file), new DecodedPicture(), new CancellationToken(true)));
    }

    static void AssertNone(IEnumerable<string> differences)
    {
        List<string> first = [.. differences.Take(20)];
        Assert.True(first.Count == 0, string.Join('\n', first));
    }

    static IEnumerable<MadePng> Everything() =>
        from kind in Kinds
        from depth in kind.Depths
        from transparent in new[] { false, true }
        where !transparent || kind.Samples is PngSamples.Grey or PngSamples.Rgb or PngSamples.Palette
        select new MadePng
        {
            Width = 10,
            Height = 10,
            Samples = kind.Samples,
            Depth = depth,
            Colours = kind.Samples == PngSamples.Palette ? (1 << depth) - (transparent ? 1 : 0) : 0,
            Transparency = !transparent ? 0 : kind.Samples switch { PngSamples.Grey => 2, PngSamples.Rgb => 6, _ => 1 },
        };

    /// <summary>How what we do with a file differs from what the library does; empty: in nothing.</summary>
    static string Difference(byte[] file, bool? expectOurs)
    {
        if (!PictureHeaderReader.TryRead(file, out var header, out _))
            return "";
        var difference = "";
        foreach (var truncated in new[] { TruncatedPictures.Lenient, TruncatedPictures.Reject })
        {
            var (own, other) = (new DecodedPicture(), new DecodedPicture());
            var error = new PlainPngDecoder(Library).Decode(file, header, truncated, own, default);
            var expected = Library.Decode(file, header, truncated, other, default);
            if (error != expected)
                difference += $"'{error?.Reason}' instead of '{expected?.Reason}'; ";
            else if (error is null && !own.Rgb.AsSpan().SequenceEqual(other.Rgb))
                difference += $"other pixels from {own.Rgb.AsSpan().CommonPrefixLength(other.Rgb)} of {own.Rgb.Length}; ";
        }

        if (expectOurs is { } ours && PlainPng.TryDecode(file, header, new DecodedPicture(), default) != ours)
            difference += ours ? "refused" : "taken";
        return difference;
    }

    static byte[] Compressed(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(bytes);
        return compressed.ToArray();
    }

    static PictureHeader Header(byte[] file) => PictureHeaderReader.TryRead(file, out var header, out var error)
        ? header
        : throw new InvalidOperationException(error.Reason);

    static void SkipUnlessComparable()
    {
        Assert.SkipUnless(PlainPng.IsSupported, "this processor has no vectors");
        Assert.SkipUnless(PicturePreprocessor.CodecId.StartsWith("skia", StringComparison.Ordinal), "this codec rounds samples of 16 bits");
    }

    /// <summary>Notes what a budget has lent when the last rows come.</summary>
    sealed class BudgetSink(FrameBudget budget) : IRowSink
    {
        public long Taken { get; private set; }

        public void Begin(int width, int height, bool bottomUp) => Taken = budget.Taken;

        public void Push(ReadOnlySpan<byte> rows) => Taken = budget.Taken;
    }
}
