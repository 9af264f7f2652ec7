using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using Parquet;
using Parquet.Schema;

namespace MplugCluster.Cluster.Tests.Sources;

public sealed class ManifestListingTests : IDisposable
{
    const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    readonly SourceFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Jsonl_HalfASurrogatePairInMetadata_ThatLineIsRejected()
    {
        folder.Write("m.jsonl", """
            {"id": "a", "text": "t", "note": "\ud800"}
            {"id": "b", "text": "t"}
            """);

        var items = await folder.List(SourceKind.Jsonl, "m.jsonl");

        Assert.EndsWith(MetadataText.Fault, items[0].Error!.Reason);
        Assert.Equal("b", items[1].Id);
    }

    [Fact]
    public async Task Jsonl_EveryKindOfLine_ItemsInOrder()
    {
        await folder.Store.Write(BlobPath.Of(Hash), "1"u8.ToArray(), WriteCondition.None);
        folder.Write("d/pictures/a.png", "1");
        folder.Write("d/m.jsonl", $$"""
            {"id": 1, "path": "pictures/a.png", "caption": "a cat", "likes": 3, "tags": ["x"]}
            {"blob": "{{Hash}}"}

            {"id": "t", "text": "a dog", "lang": "en"}
            {"path": "./pictures/a.png"}
            """);

        var items = await folder.List(SourceKind.Jsonl, "d/m.jsonl");

        var version = (await folder.Catalog.Open(folder.Address).Head("d/pictures/a.png"))!.Version;
        var picture = new PictureReference("d/pictures/a.png", "", Source: folder.Address, Version: version);
        Assert.Equal(
            [
                new SourceItem("1", SourceOutcome.Picture, picture, "a cat", """{"likes":3,"tags":["x"]}"""),
                new SourceItem(Hash, SourceOutcome.Picture, new PictureReference(BlobPath.Of(Hash), Hash)),
                new SourceItem("t", SourceOutcome.Text, null, "a dog", """{"lang":"en"}"""),
                new SourceItem("./pictures/a.png", SourceOutcome.Picture, picture),
            ],
            items);
    }

    [Fact]
    public async Task Jsonl_BrokenLines_RejectedByNumberAndTheRestGoesOn()
    {
        folder.Write("a.png", "1");
        folder.Write("m.jsonl", $$"""
            {"path": "a.png"}
            {"path": "a.png"
            [1]
            {"id": "x", "path": "none.png"}
            {"id": "y"}
            {"id": "z", "path": "a.png", "text": "both"}
            {"text": "no id"}
            {"id": "b", "blob": "{{Hash}}"}
            {"id": "c", "blob": "abc"}
            {"id": "d", "path": "../a.png"}
            {"id": "e", "path": ["a.png"]}
            {"id": "f", "path": "a.png", "path": "b.png"}
            {"id": "a.png", "path": "a.png"}
            {"id": "t", "text": "a text", "caption": "a caption"}
            {"id": "{{new string('i', 1025)}}", "path": "a.png"}
            {"id": "last", "path": "a.png"}
            """);

        var items = await folder.List(SourceKind.Jsonl, "m.jsonl");

        Assert.Equal(["a.png", "last"], items.Where(item => item.Error is null).Select(item => item.Id));
        Assert.Equal(
            [
                "m.jsonl:2 invalid", "m.jsonl:3 invalid", "x missing", "y invalid", "z invalid", "m.jsonl:7 invalid", "b missing", "c invalid", "d invalid",
                "m.jsonl:11 invalid", "m.jsonl:12 invalid", "a.png duplicate_id", "t invalid", $"{new string('i', 1024)} invalid",
            ],
            items.Where(item => item.Error is not null).Select(item => $"{item.Id} {item.Error!.Code}"));
        string[] reasons = [.. items.Where(item => item.Error is not null).Select(item => item.Error!.Reason)];
        Assert.StartsWith("Line 2 of 'm.jsonl': it is not JSON: ", reasons[0]);
        Assert.Equal("Line 3 of 'm.jsonl': it is not a JSON object.", reasons[1]);
        Assert.Equal($"Line 4 of 'm.jsonl': there is no 'none.png' in '{folder.Address}'.", reasons[2]);
        Assert.Equal("Line 5 of 'm.jsonl': it needs exactly one of 'path', 'blob' and 'text'.", reasons[3]);
        Assert.Equal("Line 6 of 'm.jsonl': it has a 'text' and a picture; a picture's text is its 'caption'.", reasons[4]);
        Assert.Equal("Line 7 of 'm.jsonl': a text needs an 'id'.", reasons[5]);
        Assert.Equal($"Line 8 of 'm.jsonl': no blob {Hash} was uploaded.", reasons[6]);
        Assert.Equal("Line 9 of 'm.jsonl': 'abc' is not the SHA-256 of a blob, 64 lower-case hex digits.", reasons[7]);
        Assert.Equal("Line 10 of 'm.jsonl': '../a.png' is not a path below the base address: a segment is '.' or '..'.", reasons[8]);
        Assert.Equal("Line 11 of 'm.jsonl': 'path' is not a text.", reasons[9]);
        Assert.Equal("Line 14 of 'm.jsonl': a text has no 'caption'.", reasons[12]);
        Assert.Equal("Its id has 1025 characters, 1 to 1024 are allowed.", reasons[13]);
    }

    [Fact]
    public async Task Jsonl_PathsThatCannotBe_RejectedAndTheRestGoesOn()
    {
        folder.Write("a.png", "1");
        File.CreateSymbolicLink(Path.Combine(folder.Root, "out.png"), folder.Outside);
        folder.Write("m.jsonl", $$"""
            {"path": "{{new string('x', 300)}}.png"}
            {"path": "a.png/b.png"}
            {"path": "out.png"}
            {"path": "."}
            {"path": "zero\u0000.png"}
            {"path": "/a.png"}
            {"path": "a.png"}
            """);

        var items = await folder.List(SourceKind.Jsonl, "m.jsonl");

        Assert.Equal(["missing", "missing", "unreadable", "invalid", "invalid", "invalid", null], items.Select(item => item.Error?.Code));
        Assert.EndsWith("is a link that leads out of the folders that Mplug:Sources:Roots allows.", items[2].Error!.Reason);
    }

    [Fact]
    public async Task Jsonl_LinesOfAnyLength_NoneLost()
    {
        folder.Write("a.png", "1");
        var huge = new string('x', 3 << 20);
        var lines = Enumerable.Range(0, 3000).Select(i => $$"""{"id": "{{i}}", "path": "a.png", "note": "{{new string('n', i % 200)}}"}""").ToArray();
        folder.Write("m.jsonl", string.Join("\r\n", [.. lines, $$"""{"id": "huge", "text": "{{huge}}"}""", lines[0].Replace("\"0\"", "\"after\""), huge]));

        var items = await folder.List(SourceKind.Jsonl, "m.jsonl");

        Assert.Equal([.. Enumerable.Range(0, 3000).Select(i => $"{i}"), "m.jsonl:3001", "after", "m.jsonl:3003"], items.Select(item => item.Id));
        Assert.Equal("Line 3001 of 'm.jsonl': it has more than 1048576 bytes.", items[3000].Error!.Reason);
        Assert.Equal("Line 3003 of 'm.jsonl': it has more than 1048576 bytes.", items[3002].Error!.Reason);
    }

    [Fact]
    public async Task Manifest_UploadedToTheStore_PicturesBelowTheBase()
    {
        folder.Write("p/a.png", "1");
        await folder.Store.Write("blobs/m", "\uFEFFid,path\n1,a.png\n"u8.ToArray(), WriteCondition.None);

        var items = await folder.List(SourceKind.Csv, "blobs/m", address: "", below: $"{folder.Address}/p");
        var without = await folder.List(SourceKind.Csv, "blobs/m", address: "");

        Assert.Equal(("1", "a.png", $"{folder.Address}/p"), (items[0].Id, items[0].Picture!.Path, items[0].Picture!.Source));
        Assert.Equal("Line 2 of 'blobs/m': a 'path' needs a base address; uploaded pictures are named by 'blob'.", without[0].Error!.Reason);
    }

    [Fact]
    public async Task Csv_QuotesAndColumns_ItemsWithMetadata()
    {
        folder.Write("a b.png", "1");
        folder.Write("m.csv", "ID;path;caption;colour;size\r\n1;a b.png;\"a \"\"big\"\"; cat\";red;\r\n2;a b.png;\"two\nlines\";;5\r\n");

        var items = await folder.List(SourceKind.Csv, "m.csv");

        Assert.Equal(
            [("1", "a \"big\"; cat", """{"colour":"red"}"""), ("2", "two\nlines", """{"size":"5"}""")],
            items.Select(item => (item.Id, item.Text, item.Metadata)));
    }

    [Fact]
    public async Task Csv_BrokenLines_RejectedByNumberAndTheRestGoesOn()
    {
        folder.Write("a.png", "1");
        folder.Write("m.csv", [.. "id,path,caption\n1,a.png,\"two\nlines\"\n2,a.png\n\n3,a.png,c,d\n4,a.png,"u8, 0xFF, .. "\n5,,c\n6,a.png,c\n7,a.png,\"open\n"u8]);

        var items = await folder.List(SourceKind.Csv, "m.csv");

        Assert.Equal(["1", "6"], items.Where(item => item.Error is null).Select(item => item.Id));
        Assert.Equal(
            [
                "Line 4 of 'm.csv': it has 2 columns, the header has 3.",
                "Line 6 of 'm.csv': it has 4 columns, the header has 3.",
                "Line 7 of 'm.csv': it is not UTF-8.",
                "Line 8 of 'm.csv': it needs exactly one of 'path', 'blob' and 'text'.",
                "Line 10 of 'm.csv': a quote is not closed.",
            ],
            items.Where(item => item.Error is not null).Select(item => item.Error!.Reason));
    }

    [Theory]
    [InlineData("id,file\n1,a.png\n", "The manifest 'm.csv' has the columns id, file; it needs 'path', 'blob' or 'text'.")]
    [InlineData("", "The manifest 'm.csv' has no usable header line")]
    [InlineData("path,path\na,b\n", "The manifest 'm.csv' has no usable header line")]
    public async Task Csv_WrongHeader_SaysWhatItNeeds(string content, string message)
    {
        folder.Write("m.csv", content);

        Assert.StartsWith(message, (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Csv, "m.csv"))).Message);
    }

    [Fact]
    public async Task Parquet_ColumnsOfManyTypes_ItemsWithMetadata()
    {
        folder.Write("a.png", "1");
        var (id, path, likes, score) = (new DataField<long>("id"), new DataField<string>("path"), new DataField<int?>("likes"), new DataField<double>("score"));
        var (good, when) = (new DataField<bool>("good"), new DataField<DateTime>("when"));
        await using (var file = File.Create(Path.Combine(folder.Root, "m.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, path, likes, score, good, when), file))
        {
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync<long>(id, new long[] { (2 * group) + 1, (2 * group) + 2 });
                await rows.WriteAsync(path, new[] { "a.png", group == 0 ? "none.png" : "a.png" });
                await rows.WriteAsync<int>(likes, new int?[] { 3, null });
                await rows.WriteAsync<double>(score, new[] { 0.5, double.NaN });
                await rows.WriteAsync<bool>(good, new[] { true, false });
                await rows.WriteAsync<DateTime>(when, new[] { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), DateTime.UnixEpoch });
            }
        }

        var items = await folder.List(SourceKind.Parquet, "m.parquet");

        Assert.Equal(["1", "2", "3", "4"], items.Select(item => item.Id));
        Assert.Equal("""{"likes":3,"score":0.5,"good":true,"when":"2026-01-02T03:04:05"}""", items[0].Metadata);
        Assert.Equal($"Line 2 of 'm.parquet': there is no 'none.png' in '{folder.Address}'.", items[1].Error!.Reason);
        Assert.Equal("""{"score":"NaN","good":false,"when":"1970-01-01T00:00:00"}""", items[3].Metadata);
    }

    [Fact]
    public async Task Parquet_WrongFiles_SaysWhatIsWrong()
    {
        folder.Write("text.parquet", "no parquet");
        await WriteParquet("columns.parquet", new DataField<string>("file"));
        await WriteParquet("binary.parquet", new DataField<byte[]>("path"));

        Assert.StartsWith(
            "The manifest 'text.parquet' is not a Parquet file: ",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Parquet, "text.parquet"))).Message);
        Assert.Equal(
            "The manifest 'columns.parquet' has the columns file; it needs 'path', 'blob' or 'text'.",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Parquet, "columns.parquet"))).Message);
        Assert.StartsWith(
            "The manifest 'binary.parquet' has the column 'path' of nested or binary values; ",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Parquet, "binary.parquet"))).Message);
    }

    [Fact]
    public async Task Parquet_DamagedRowGroup_RejectedAndTheRestGoesOn()
    {
        folder.Write("a.png", "1");
        var path = new DataField<string>("path");
        var (file, starts) = (Path.Combine(folder.Root, "m.parquet"), new List<long>());
        await using (var stream = File.Create(file))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(path), stream))
        {
            foreach (var name in new[] { "a.png", "b.png", "c.png" })
            {
                starts.Add(stream.Position);
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync(path, new[] { name });
            }
        }

        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan((int)starts[1], (int)(starts[2] - starts[1])).Fill(0xFF);
        folder.Write("m.parquet", bytes);

        var items = await folder.List(SourceKind.Parquet, "m.parquet");

        Assert.Equal(["a.png", "m.parquet:2", "c.png"], items.Select(item => item.Id));
        Assert.Equal([false, true, false], items.Select(item => item.HidesMore));
        Assert.StartsWith("Line 2 of 'm.parquet': it and all rows up to 2 cannot be read: ", items[1].Error!.Reason);
        Assert.Equal("missing", items[2].Error!.Code);
    }

    [Fact]
    public async Task Manifest_NotThere_SaysSo()
    {
        Assert.Equal(
            $"There is no 'm.csv' in '{folder.Address}'.",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Csv, "m.csv"))).Message);
        Assert.Equal(
            "A source of the kind 'jsonl' needs the path of its manifest.",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Jsonl))).Message);
        folder.Write("m.csv", "path\n");
        await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Csv, "m.csv", below: "folder:/"));
    }

    async Task WriteParquet(string name, DataField field)
    {
        await using var file = File.Create(Path.Combine(folder.Root, name));
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), file);
        using var rows = writer.CreateRowGroup();
        if (field.ClrType == typeof(ReadOnlyMemory<char>))
            await rows.WriteAsync(field, new[] { "x" });
        else
            await rows.WriteAsync(field, new[] { new byte[] { 1 } });
    }
}
