using System.Globalization;
using System.Text;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Results;
using Parquet;

namespace MplugCluster.Cluster.Tests.Jobs.Results;

/// <summary>Rows in every format.</summary>
public sealed class ResultWriterTests
{
    static readonly string[] RankRows =
    [
        """{"query":"q 1","rank":1,"id":"a.png","rank_itc":3,"itc_similarity":0.25,"itm_logit":-1.5,"itm_probability":0.0474,"text":"say \"hi\", twice"}""",
        """{"query":"q 1","rank":2,"id":"b%.png","rank_itc":1,"itc_similarity":1E-05,"itm_logit":-1.5,"itm_probability":0.0474}""",
        """{"query":"q 1","rank":3,"id":"c","rank_itc":2,"itc_similarity":0.9,"text":""}""",
        """{"query":"q 1","rank":4,"id":"d","rank_itc":4,"itc_similarity":0.9}""",
        """{"query":"q2","rank":1,"id":"ü\nx","rank_itc":1,"itc_similarity":0.33333334}""",
    ];

    [Fact]
    public async Task Jsonl_Blocks_AsTheyAre()
    {
        var blocks = new[] { Block(RankRows[..2]), Block(RankRows[2..]) };

        Assert.Equal(Encoding.UTF8.GetString([.. blocks[0], .. blocks[1]]), await Text(JobKind.Rank, ResultFormat.Jsonl, blocks));
    }

    [Fact]
    public async Task Csv_QuotesNullsAndNumbers_Rfc4180()
    {
        var csv = await Text(JobKind.Rank, ResultFormat.Csv, Block(RankRows[..3]), Block(RankRows[4..]));

        Assert.Equal(
            "query,rank,id,rank_itc,itc_similarity,itm_logit,itm_probability,text\r\n"
            + "q 1,1,a.png,3,0.25,-1.5,0.0474,\"say \"\"hi\"\", twice\"\r\n"
            + "q 1,2,b%.png,1,1E-05,-1.5,0.0474,\r\n"
            + "q 1,3,c,2,0.9,,,\"\"\r\n"
            + "q2,1,\"ü\nx\",1,0.33333334,,,\r\n",
            csv);
    }

    [Fact]
    public async Task Trec_TiesAndRowsNotReranked_ScoresFallStrictlyAndIdsHaveNoSpace()
    {
        var lines = (await Text(JobKind.Rank, ResultFormat.Trec, Block(RankRows[..3]), Block(RankRows[3..]))).TrimEnd('\n').Split('\n');

        Assert.Equal("q%201 Q0 a.png 1 -1.5 mplug", lines[0]);
        Assert.StartsWith("q%201 Q0 b%25.png 2 -1.5000001 mplug", lines[1]);
        Assert.StartsWith("q%201 Q0 c 3 -1.6", lines[2]);
        Assert.Equal("q2 Q0 ü%0Ax 1 0.33333334 mplug", lines[4]);
        var scores = lines[..4].Select(line => float.Parse(line.Split(' ')[4], CultureInfo.InvariantCulture)).ToArray();
        Assert.All(scores.Zip(scores[1..]), pair => Assert.True(pair.First > pair.Second, $"{pair.First} is not above {pair.Second}"));
    }

    [Fact]
    public async Task Trec_NoRanking_Refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Text(JobKind.Score, ResultFormat.Trec, Block()));

    [Fact]
    public async Task Parquet_Blocks_RowGroupsThatReadBackTheSame()
    {
        var bytes = await Bytes(JobKind.Rank, ResultFormat.Parquet, Block(RankRows[..2]), [], Block(RankRows[2..]));

        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(bytes));
        Assert.Equal(ResultColumns.Of(JobKind.Rank).Select(column => column.Name), reader.Schema.DataFields.Select(field => field.Name));
        Assert.All(reader.Schema.DataFields, field => Assert.True(field.IsNullable));
        Assert.Equal(2, reader.RowGroupCount);
        Assert.Equal([2, 3], [reader.OpenRowGroupReader(0).RowCount, reader.OpenRowGroupReader(1).RowCount]);
        var fields = reader.Schema.DataFields;
        using var group = reader.OpenRowGroupReader(1);
        var (texts, ranks, similarities, logits) = (new string[3], new long?[3], new float?[3], new float?[3]);
        await group.ReadAsync(fields[7], texts);
        await group.ReadAsync<long>(fields[1], ranks);
        await group.ReadAsync<float>(fields[4], similarities);
        await group.ReadAsync<float>(fields[5], logits);
        Assert.Equal(["", null, null], texts);
        Assert.Equal([3, 4, 1], ranks);
        Assert.Equal([0.9f, 0.9f, 0.33333334f], similarities);
        Assert.Equal([null, null, null], logits);
    }

    [Theory]
    [InlineData(ResultFormat.Jsonl)]
    [InlineData(ResultFormat.Csv)]
    [InlineData(ResultFormat.Parquet)]
    [InlineData(ResultFormat.Trec)]
    public async Task Write_SameRowsTwice_SameBytes(ResultFormat format)
    {
        byte[][] blocks = [Block(RankRows[..2]), Block(RankRows[2..])];

        Assert.Equal(await Bytes(JobKind.Rank, format, blocks), await Bytes(JobKind.Rank, format, blocks));
    }

    [Theory]
    [InlineData(JobKind.Ingest)]
    [InlineData(JobKind.Rank)]
    [InlineData(JobKind.Score)]
    [InlineData(JobKind.Evaluate)]
    public async Task Write_NoRows_HeaderAlone(JobKind kind)
    {
        var columns = ResultColumns.Of(kind).Select(column => column.Name).ToArray();

        Assert.Empty(await Bytes(kind, ResultFormat.Jsonl));
        Assert.Equal(string.Join(',', columns) + "\r\n", await Text(kind, ResultFormat.Csv, []));
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(await Bytes(kind, ResultFormat.Parquet)));
        Assert.Equal(columns, reader.Schema.DataFields.Select(field => field.Name));
        Assert.Equal(0, reader.RowGroupCount);
    }

    [Fact]
    public async Task Write_DamagedRow_SaysWhatIsWrong()
    {
        var cut = await Assert.ThrowsAsync<InvalidDataException>(() => Text(JobKind.Rank, ResultFormat.Csv, Block("{\"query\":")));
        var type = await Assert.ThrowsAsync<InvalidDataException>(() => Text(JobKind.Rank, ResultFormat.Csv, Block("{\"rank\":\"x\"}")));

        Assert.StartsWith("A row of the results is damaged: ", cut.Message);
        Assert.Equal("A row's 'rank' is a String; it must be Integer.", type.Message);
    }

    static byte[] Block(params string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    static async Task<string> Text(JobKind kind, ResultFormat format, params byte[][] blocks) =>
        Encoding.UTF8.GetString(await Bytes(kind, format, blocks));

    static async Task<byte[]> Bytes(JobKind kind, ResultFormat format, params byte[][] blocks)
    {
        using var target = new AnswerBody();
        await ResultWriter.Write(kind, format, blocks.ToAsyncEnumerable(), target);
        return target.Written;
    }
}
