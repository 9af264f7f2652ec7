using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Cluster.Tests.Sources;

public sealed class TarListingTests : IDisposable
{
    readonly SourceFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public async Task List_AnyFormat_ReferencesToTheMembersBytes(TarEntryFormat format)
    {
        folder.Write("s.tar", TarFile.Write(format, ("./a.png", "picture a"), ("dir/empty.jpg", ""), ("dir/b.JPG", new string('b', 200_000)), ("c.gif", "c")));

        var items = await folder.List(SourceKind.Tar, "s.tar");

        Assert.Equal(["a.png", "dir/empty.jpg", "dir/b.JPG", "c.gif"], items.Select(item => item.Id));
        Assert.Equal(["picture a", "", new string('b', 200_000), "c"], await Contents(items));
        Assert.All(items, item => Assert.Equal(("s.tar", folder.Address, ""), (item.Picture!.Path, item.Picture.Source, item.Picture.ContentHash)));
        Assert.Equal((await folder.Catalog.Open(folder.Address).Head("s.tar"))!.Version, items[0].Picture!.Version);
    }

    [Theory]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public async Task List_LongAndForeignNames_Whole(TarEntryFormat format)
    {
        var name = string.Join('/', Enumerable.Repeat("ordner-mit-ümlaut", 20)) + "/日本.png";
        folder.Write("s.tar", TarFile.Write(format, (name, "1"), ("short.png", "22")));

        var items = await folder.List(SourceKind.Tar, "s.tar");

        Assert.Equal([name, "short.png"], items.Select(item => item.Id));
        Assert.Equal(["1", "22"], await Contents(items));
    }

    [Fact]
    public async Task Tar_HalfASurrogatePairInASidecar_ThatPictureIsRejected()
    {
        folder.Write("a.tar", TarFile.Ustar(("a.png", "1"), ("a.json", """{"note": "\ud800"}"""), ("b.png", "2")));

        var items = await folder.List(SourceKind.Tar, "a.tar");

        Assert.EndsWith(MetadataText.Fault, items[0].Error!.Reason);
        Assert.Null(items[1].Error);
    }

    [Fact]
    public async Task List_UstarPrefix_PartOfTheName()
    {
        var name = $"{new string('d', 120)}/{new string('n', 80)}.png";
        folder.Write("s.tar", TarFile.Ustar((name, "1")));

        Assert.Equal([name], (await folder.List(SourceKind.Tar, "s.tar")).Select(item => item.Id));
    }

    [Fact]
    public async Task List_MembersOfOneName_BelongTogetherWhereverTheyStand()
    {
        folder.Write("s.tar", TarFile.Ustar(
            ("b.json", """{ "caption": "from json", "width": 3 }"""),
            ("a.jpg", "a"),
            ("a.txt", " from txt\n"),
            ("a.json", """{"caption": "not this"}"""),
            ("b.png", "b"),
            ("c.png", "c"),
            ("d.png", "d"),
            ("lonely.txt", "no picture"),
            ("a.npy", "?"),
            ("d.caption", "from caption")));

        var items = await folder.List(SourceKind.Tar, "s.tar");

        Assert.Equal(
            [
                ("a.jpg", "from txt", """{"caption":"not this"}"""),
                ("b.png", "from json", """{"caption":"from json","width":3}"""),
                ("c.png", null, null),
                ("d.png", "from caption", null),
            ],
            items.Where(item => item.Outcome == SourceOutcome.Picture).Select(item => (item.Id, item.Text, item.Metadata)));
        Assert.Equal(["lonely.txt", "a.npy"], items.Where(item => item.Outcome == SourceOutcome.Ignored).Select(item => item.Id));
        Assert.Equal(6, items.Length);
    }

    [Fact]
    public async Task List_BadSidecars_RejectThatPictureAlone()
    {
        folder.Write("s.tar", TarFile.Ustar(
            ("a.png", "a"), ("a.json", "{"), ("b.png", "b"), ("b.json", "[1]"), ("c.png", "c"), ("c.txt", new string('x', (1 << 20) + 1)), ("d.png", "d")));

        var items = await folder.List(SourceKind.Tar, "s.tar");

        Assert.Equal(["a.png", "b.png", "c.png"], items.Where(item => item.Error?.Code == "invalid").Select(item => item.Id));
        Assert.StartsWith("'a.png' in 's.tar' cannot be used: its .json is not a JSON object: ", items[0].Error!.Reason);
        Assert.Equal("'b.png' in 's.tar' cannot be used: its .json is not a JSON object: found an array.", items[1].Error!.Reason);
        Assert.Equal("'c.png' in 's.tar' cannot be used: its .txt has 1048577 bytes, at most 1048576 are allowed.", items[2].Error!.Reason);
        Assert.Equal("d.png", items[3].Picture is null ? "" : items[3].Id);
    }

    [Fact]
    public async Task List_ManyTars_InOrderWithTheirNamesBefore()
    {
        folder.Write("t/2.tar", TarFile.Ustar(("a.png", "2")));
        folder.Write("t/1.TAR", TarFile.Ustar(("a.png", "1"), ("a.txt", "one")));
        folder.Write("t/3.tar.gz", "");
        folder.Write("t/4.tgz", "");
        folder.Write("t/notes.md", "");

        var items = await folder.List(SourceKind.Tar, "t");

        Assert.Equal(
            [("t/1.TAR/a.png", "one"), ("t/2.tar/a.png", null), ("t/3.tar.gz", null), ("t/4.tgz", null), ("t/notes.md", null)],
            items.Select(item => (item.Id, item.Text)));
        Assert.Equal("'t/3.tar.gz' is compressed; unpack it to a plain .tar.", items[2].Error!.Reason);
        Assert.Equal(SourceOutcome.Ignored, items[4].Outcome);
        Assert.Equal(
            $"There is no 'none' in '{folder.Address}'.",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Tar, "none"))).Message);
    }

    [Fact]
    public async Task List_LinksAndRepeats_RejectedWithReason()
    {
        folder.Write("s.tar", TarFile.Write(
            TarEntryFormat.Ustar,
            TarFile.Entry(TarEntryFormat.Ustar, "d", "", TarEntryType.Directory),
            TarFile.Entry(TarEntryFormat.Ustar, "a.png", "a"),
            TarFile.Entry(TarEntryFormat.Ustar, "b.png", "a.png", TarEntryType.HardLink),
            TarFile.Entry(TarEntryFormat.Ustar, "c.png", "a.png", TarEntryType.SymbolicLink),
            TarFile.Entry(TarEntryFormat.Ustar, "a.png", "again")));

        var items = await folder.List(SourceKind.Tar, "s.tar");

        Assert.Equal([null, "unsupported", "unsupported", "duplicate_id"], items.Select(item => item.Error?.Code));
        Assert.Equal(
            "'b.png' in 's.tar' cannot be used: it is a link; pack the files themselves (tar --dereference --hard-dereference).", items[1].Error!.Reason);
        Assert.Equal("An item before it has the id 'a.png' too; the first counts.", items[3].Error!.Reason);
    }

    [Fact]
    public async Task List_SparseMembers_SaidSo()
    {
        var gnu = TarFile.Write(TarEntryFormat.Gnu, ("a.png", "a"), ("b.png", "b"));
        gnu[156] = (byte)'S';
        Seal(gnu, 0);
        var pax = new PaxTarEntry(TarEntryType.RegularFile, "c.png", new Dictionary<string, string> { ["GNU.sparse.major"] = "1" }) { DataStream = new MemoryStream([1]) };
        folder.Write("gnu.tar", gnu);
        folder.Write("pax.tar", TarFile.Write(TarEntryFormat.Pax, pax));

        Assert.Equal(
            ["'a.png' in 'gnu.tar' cannot be used: it is stored as a sparse file; pack without --sparse.", null],
            (await folder.List(SourceKind.Tar, "gnu.tar")).Select(item => item.Error?.Reason));
        Assert.Contains("sparse", Assert.Single(await folder.List(SourceKind.Tar, "pax.tar")).Error!.Reason);
    }

    [Fact]
    public async Task List_CompressedOrNoTar_OneErrorThatSaysSo()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(TarFile.Ustar(("a.png", "a")));
        folder.Write("zipped.tar", zipped.ToArray());
        folder.Write("text.tar", new string('?', 2000));
        folder.Write("empty.tar");

        Assert.Equal(
            "'zipped.tar' cannot be read to its end: it is compressed (gzip), and members of a compressed archive cannot be read by themselves; unpack it to a plain .tar.",
            Assert.Single(await folder.List(SourceKind.Tar, "zipped.tar")).Error!.Reason);
        Assert.Equal("'text.tar' cannot be read to its end: it is not a tar file.", Assert.Single(await folder.List(SourceKind.Tar, "text.tar")).Error!.Reason);
        Assert.Empty(await folder.List(SourceKind.Tar, "empty.tar"));
    }

    [Fact]
    public async Task List_ATarCutShort_ItsWholeMembersAndAnError()
    {
        var tar = TarFile.Ustar(("a.png", "a"), ("b.png", new string('b', 5000)));
        folder.Write("cut.tar", tar[..4000]);
        var damaged = TarFile.Ustar(("a.png", "a"), ("b.png", "b"));
        damaged[1024 + 20] ^= 1;
        folder.Write("damaged.tar", damaged);

        var cut = await folder.List(SourceKind.Tar, "cut.tar");
        var bad = await folder.List(SourceKind.Tar, "damaged.tar");

        Assert.Equal(["a.png", "cut.tar"], cut.Select(item => item.Id));
        Assert.Equal("'cut.tar' cannot be read to its end: it ends at byte 4000, within 'b.png'.", cut[1].Error!.Reason);
        Assert.Equal("'damaged.tar' cannot be read to its end: there is no header at byte 1024.", bad[1].Error!.Reason);
    }

    [Fact]
    public async Task List_SizesAsGnuWritesLargeOnes_AreUnderstood()
    {
        var tar = TarFile.Write(TarEntryFormat.Gnu, ("large.bin", new string('x', 700)), ("a.png", "behind it"));
        tar.AsSpan(124, 12).Clear();
        (tar[124], tar[134], tar[135]) = (0x80, 700 >> 8, 700 & 0xFF);
        Seal(tar, 0);
        folder.Write("s.tar", tar);

        var items = await folder.List(SourceKind.Tar, "s.tar");

        Assert.Equal(["large.bin", "a.png"], items.Select(item => item.Id));
        Assert.Equal(["behind it"], await Contents(items[1..]));
    }

    /// <summary>Makes a changed header's sum right again.</summary>
    static void Seal(byte[] tar, int at)
    {
        Encoding.ASCII.GetBytes("        ").CopyTo(tar, at + 148);
        var sum = tar.AsSpan(at, 512).ToArray().Sum(value => value);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, at + 148);
    }

    async Task<string[]> Contents(IEnumerable<SourceItem> items) => await Task.WhenAll(items.Select(async item =>
    {
        var picture = item.Picture!;
        return Encoding.UTF8.GetString((await folder.Catalog.Open(picture.Source).ReadRange(picture.Path, picture.Offset, picture.Length))!);
    }));
}
