using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Score;
using Parquet;
using Parquet.Schema;

namespace MplugCluster.Cli.Tests;

/// <summary>Files of pairs in every format.</summary>
public sealed class PairTableTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_JsonLines_RowsAndErrorsByLine()
    {
        File.WriteAllText(folder.File("a.jsonl"), "{\"image\":\"a.png\",\"text\":\"x\"}\n\nno json\n");

        var rows = await PairTable.Read(folder.File("a.jsonl"), default);

        Assert.Equal([("1", "a.png", "x", null), ("3", null, null, "invalid")], rows.Select(row => (row.Id, row.Image, row.Text, row.Error?.Code)));
    }

    [Fact]
    public async Task Read_Csv_RowsAndErrorsByLine()
    {
        File.WriteAllText(folder.File("a.csv"), "text,image\n\"x, y\",a.png\nalone\nz,\n");

        var rows = await PairTable.Read(folder.File("a.csv"), default);

        Assert.Equal(
            [("2", "a.png", "x, y", null), ("3", null, null, "invalid"), ("4", "", "z", "invalid")],
            rows.Select(row => (row.Id, row.Image, row.Text, row.Error?.Code)));
    }

    [Fact]
    public async Task Read_Parquet_AllRowGroupsAndNullsAsErrors()
    {
        DataField[] fields = [new DataField<string>("text"), new DataField<int>("label"), new DataField<string>("image"), new DataField<string>("id")];
        await using (var file = File.Create(folder.File("a.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file))
        {
            foreach (var (image, id) in new[] { ("a.png", "p"), (null, null) })
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(fields[0], ["x"]);
                await group.WriteAsync<int>(fields[1], new[] { 1 });
                await group.WriteAsync(fields[2], new[] { image! });
                await group.WriteAsync(fields[3], new[] { id! });
            }
        }

        var rows = await PairTable.Read(folder.File("a.parquet"), default);

        Assert.Equal([("p", "a.png", "x", null), ("2", null, "x", "invalid")], rows.Select(row => (row.Id, row.Image, row.Text, row.Error?.Code)));
    }

    [Fact]
    public async Task Read_ParquetColumnOfNumbers_UsageError()
    {
        DataField[] fields = [new DataField<string>("text"), new DataField<int>("image")];
        await using (var file = File.Create(folder.File("a.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(fields[0], ["x"]);
            await group.WriteAsync<int>(fields[1], new[] { 1 });
        }

        var failure = await Assert.ThrowsAsync<UsageException>(() => PairTable.Read(folder.File("a.parquet"), default));

        Assert.Equal($"Column 'image' of '{folder.File("a.parquet")}' is no text but Int32.", failure.Message);
    }

    [Theory]
    [InlineData("a.xml", "", "does not say what it is; files of pairs are named .jsonl, .csv or .parquet.")]
    [InlineData("a.csv", "picture,text\na,b\n", "has no column 'image'; it has picture, text.")]
    public async Task Read_WrongFile_UsageError(string name, string content, string message)
    {
        File.WriteAllText(folder.File(name), content);

        Assert.EndsWith(message, (await Assert.ThrowsAsync<UsageException>(() => PairTable.Read(folder.File(name), default))).Message);
    }

    [Fact]
    public async Task Read_NoParquet_SaysWhichFile()
    {
        File.WriteAllText(folder.File("a.parquet"), "this is a text that is long enough to be looked at");

        var run = await CommandRun.Of("score", "--pairs", folder.File("a.parquet"), "--out", folder.File("out.csv"));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains($"'{folder.File("a.parquet")}' cannot be read as Parquet: ", run.Error);
    }
}
