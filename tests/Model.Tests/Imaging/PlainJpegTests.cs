using System.IO.Hashing;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Jpeg;

namespace MplugCluster.Model.Tests.Imaging;

public sealed class PlainJpegTests
{
    [Fact]
    public void TryDecode_PillowVectors_SamePixels()
    {
        SkipUnlessSupported();
        Assert.True(JpegVectors.All.Length >= 70);
        List<string> wrong = [], refused = [];
        foreach (var (name, file, crc) in JpegVectors.All)
        {
            var picture = new DecodedPicture();
            if (!PlainJpeg.TryDecode(file, Header(file), picture, default))
                refused.Add(name);
            else if (Crc32.HashToUInt32(picture.Rgb) != crc)
                wrong.Add(name);
        }

        Assert.Empty(wrong);
        Assert.InRange(refused.Count, 0, 6);
        Assert.All(refused, name => Assert.Matches(@" [1-4]x\d+ .* 42", name)); // too narrow for soft chroma
    }

    [Fact]
    public void Decode_PillowVectors_WhoeverDecodesSamePixels()
    {
        Assert.SkipUnless(PicturePreprocessor.CodecId.StartsWith("skia", StringComparison.Ordinal), "this codec decodes JPEG with other arithmetic");
        Assert.Empty(JpegVectors.All.Where(vector => Crc32.HashToUInt32(DecodedPicture.Decode(vector.File).Rgb) != vector.Crc).Select(vector => vector.Name));
    }

    [Theory]
    [InlineData("04_jpeg_progressive.jpg")]
    [InlineData("06_png_rgb.png")]
    public void TryDecode_OtherKind_NotOurs(string name)
    {
        var file = Sample(name);

        Assert.False(PlainJpeg.TryDecode(file, Header(file), new DecodedPicture(), default));
    }

    [Fact]
    public void TryDecode_FrameThatIsUnusual_NotOurs()
    {
        SkipUnlessSupported();
        var (file, frame) = WithFrame();
        var made = new (int At, byte Value)[]
        {
            (0, 12), // bits
            (5, 4), // components
            (7, 0x12), // luma halved down
            (7, 0x41), // luma in fours
            (10, 0x21), // chroma not halved
            (8, 7), // table of steps
        };

        Assert.True(PlainJpeg.TryDecode(file, Header(file), new DecodedPicture(), default));
        Assert.All(made, change =>
        {
            var other = file.ToArray();
            other[frame + change.At] = change.Value;
            Assert.False(PlainJpeg.TryDecode(other, Header(file), new DecodedPicture(), default));
        });
    }

    [Fact]
    public void TryDecode_EveryFileDamagedAtRandom_NeverThrowsNorWritesBeyond()
    {
        SkipUnlessSupported();
        var random = new Random(11);
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var damaged = JpegVectors.All[round % JpegVectors.All.Length].File.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (!PictureHeaderReader.TryRead(damaged, out var header, out _) || header.Pixels > 1_000_000)
                continue;
            refused += PlainJpeg.TryDecode(damaged, header, new DecodedPicture(), default) ? 0 : 1;
        }

        Assert.InRange(refused, 300, 2900);
    }

    [Fact]
    public void Decode_DamagedInTheMiddle_LibraryStartsOver()
    {
        SkipUnlessSupported();
        var file = Sample("02_jpeg420_large.jpg");
        (file[file.Length / 2], file[file.Length / 2 + 1]) = (0xFF, 0xD0); // a restart marker that was not announced
        var (library, sink) = (new GreyLibrary(), new DecodedPicture());
        var header = Header(file);

        Assert.Null(new PlainJpegDecoder(library).Decode(file, header, TruncatedPictures.Lenient, sink, default));

        Assert.Equal(1, library.Decoded);
        Assert.Equal(2, sink.Begun);
        Assert.All(sink.Rgb, value => Assert.Equal(GreyLibrary.Level, value));
    }

    [Fact]
    public void Decode_PlainFile_LibraryIsNotAsked()
    {
        SkipUnlessSupported();
        var file = Sample("02_jpeg420_large.jpg");
        var (library, sink) = (new GreyLibrary(), new DecodedPicture());

        Assert.Null(new PlainJpegDecoder(library).Decode(file, Header(file), TruncatedPictures.Lenient, sink, default));

        Assert.Equal(0, library.Decoded);
        Assert.Equal(1, sink.Begun);
    }

    [Fact]
    public void TryDecode_Cancelled_Throws()
    {
        SkipUnlessSupported();
        var file = Sample("01_jpeg444.jpg");

        Assert.Throws<OperationCanceledException>(() => PlainJpeg.TryDecode(file, Header(file), new DecodedPicture(), new CancellationToken(true)));
    }

    [Fact]
    public void TryBuild_CodeOfOnesOnly_None()
    {
        Assert.False(new HuffmanTable().TryBuild([2, .. new byte[15]], [0, 1]));
        Assert.True(new HuffmanTable().TryBuild([1, 1, .. new byte[14]], [0, 1]));
    }

    [Theory]
    [InlineData("02_jpeg420_large.jpg", false, 0)]
    [InlineData("02_jpeg420_large.jpg", true, 6)]
    public void FrameBytes_OneScan_CountedWhereTheCodecGathersCoefficients(string name, bool progressive, int bytesOfPixel)
    {
        var (file, frame) = (Sample(name), WithFrame().Frame);
        if (progressive)
            file[frame - 3] = 0xC2;

        var header = Header(file);

        Assert.Equal(1, header.Scans);
        Assert.Equal(bytesOfPixel * header.Pixels, header.FrameBytes);
    }

    static (byte[] File, int Frame) WithFrame()
    {
        var file = Sample("02_jpeg420_large.jpg");
        return (file, file.AsSpan().IndexOf<byte>([0xFF, 0xC0]) + 4);
    }

    static void SkipUnlessSupported() => Assert.SkipUnless(PlainJpeg.IsSupported, "this processor has no AVX2");

    static PictureHeader Header(byte[] file) => PictureHeaderReader.TryRead(file, out var header, out var error)
        ? header
        : throw new InvalidOperationException(error.Reason);

    static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Repository.Golden("tiny-stride3"), "images", name));

    /// <summary>Decodes every file to one grey.</summary>
    sealed class GreyLibrary : IImageDecoder
    {
        public const byte Level = 77;

        public string Id => "grey";

        public int Decoded { get; private set; }

        public PictureError? Decode(
            ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
        {
            Decoded++;
            sink.Begin(header.Width, header.Height, bottomUp: false);
            var pixels = new byte[4 * header.Pixels];
            Array.Fill(pixels, Level);
            sink.Push(pixels);
            return null;
        }
    }
}
