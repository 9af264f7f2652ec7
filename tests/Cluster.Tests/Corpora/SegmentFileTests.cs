using System.Text;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class SegmentFileTests
{
    static readonly CorpusItem Full = new(
        "ä/ö", ItemKind.Picture, new PictureReference("a/b.tar", new string('7', 64), 512, 99, "folder:/data", "size=1"), "caption", "state", """{"year": 2010}""", "shop");

    [Fact]
    public void ToBytes_AnyItems_TheSameBackInOrderOfIds()
    {
        var segment = Rows.Of(3, Full, Rows.Text("t"), Rows.Picture("b"));

        var read = SegmentFile.Parse("x", SegmentFile.ToBytes(segment));

        Assert.Equal([segment.Items[2], segment.Items[1], segment.Items[0]], read.Items);
        Assert.Equal(
            [.. segment.Embeddings[(2 * Rows.Width)..], .. segment.Embeddings[Rows.Width..(2 * Rows.Width)], .. segment.Embeddings[..Rows.Width]],
            read.Embeddings);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void ToBytes_AnyRows_EmbeddingsBeginOnABoundaryOf64(int rows) => Assert.Equal(
        0,
        MappedSegment.Parse("x", SegmentFile.ToBytes(Rows.Of(1, [.. Enumerable.Range(0, rows).Select(i => Rows.Picture($"{i}"))]))).EmbeddingOffset % 64);

    [Fact]
    public void ToBytes_SameIdTwice_NamesIt() => Assert.Equal(
        "Two rows have the id 'a'; keep one of them.",
        Assert.Throws<ArgumentException>(() => SegmentFile.ToBytes(Rows.Of(1, Rows.Picture("a"), Rows.Text("a")))).Message);

    [Fact]
    public void Find_AnyUnicodeIds_TheRowOrItsPlace()
    {
        string[] ids = ["", "a", "a\u0001", "b", "z", "ä", "\uD7FF", "\uD83D\uDE00", "\uDBFF\uDFFF", "\uE000", "\uFFFD", "\uFFFD1"];
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        var segment = MappedSegment.Parse("x", SegmentFile.ToBytes(Rows.Of(1, [.. ids.Reverse().Select(id => Rows.Picture(id))])));

        Assert.Equal(Enumerable.Range(0, ids.Length), ids.Select(segment.Find));
        Assert.Equal(~7, segment.Find("\uD7FFx"));
        Assert.Equal(~9, segment.Find("\uDBFF\uDFFFx"));
        Assert.Equal(~12, segment.Find("\uFFFE"));
    }

    [Fact]
    public void Parse_OlderFormat_SaysSo()
    {
        var bytes = SegmentFile.ToBytes(Rows.Of(1, Rows.Picture("a"))).ToArray();
        var at = bytes.AsSpan().IndexOf("mplug.segment"u8);
        Encoding.ASCII.GetBytes("mplug.another").CopyTo(bytes, at);

        Assert.Equal(
            "The segment 'x' is damaged: it has format 1, this version reads 2; make the corpus again",
            Assert.Throws<StoreException>(() => SegmentFile.Parse("x", bytes)).Message);
    }

    [Fact]
    public void Parse_CutAnywhere_IsDamagedOrTheSame()
    {
        var segment = Rows.Of(1, Rows.Picture("a"), Rows.Text("b"));
        var bytes = SegmentFile.ToBytes(segment);

        for (var length = 0; length < bytes.Length; length += 7)
        {
            try
            {
                Assert.Equal(segment.Embeddings, SegmentFile.Parse("x", bytes[..length]).Embeddings);
            }
            catch (StoreException e)
            {
                Assert.StartsWith("The segment 'x' is damaged: ", e.Message);
            }
        }
    }
}
