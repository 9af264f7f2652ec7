using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Rank;

namespace MplugCluster.Cli.Tests;

/// <summary>Files of queries, whole and broken.</summary>
public sealed class QueryFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_Txt_LinesByTheirNumber() => Assert.Equal(
        ["1: a star", "3: a \"cross\", red"], Read("q.txt", "a star\n\na \"cross\", red\n  \n").Queries.Select(query => $"{query.Id}: {query.Text}"));

    [Fact]
    public void Read_JsonLines_IdsTextsAndBrokenLinesAside()
    {
        var file = Read("q.jsonl", """
            {"id": "a", "text": "one"}
            {"id": 7, "text": "two", "more": true}
            "three"
            {"text": "four"}
            {"id": "a", "text": "again"}
            {"id": [], "text": "x"}
            {"id": "b"}
            {"text": " "}
            {
            3
            """);

        Assert.Equal(["a: one", "7: two", "3: three", "4: four"], file.Queries.Select(query => $"{query.Id}: {query.Text}"));
        Assert.Equal([5, 6, 7, 8, 9, 10], file.Broken.Select(line => line.Line));
        Assert.Equal(
            [
                "another line has the id 'a'", "its \"id\" is neither a string nor a number", "it needs the string \"text\"", "it has no text",
                "it needs the string \"text\"",
            ],
            file.Broken.Where(line => line.Line != 9).Select(line => line.Reason));
        Assert.StartsWith("it is not JSON: ", file.Broken.Single(line => line.Line == 9).Reason);
    }

    [Fact]
    public void Read_Csv_QuotesAnyColumnOrderAndBrokenRowsAside()
    {
        var file = Read("q.csv", "text,lang,id\r\n\"a \"\"star\"\", red\",en,x\r\nshort,en\r\n\r\n\"two\nlines\",de,y\r\n,en,z\r\nlast,en,w\r\n");

        Assert.Equal(["x: a \"star\", red", "y: two\nlines", "w: last"], file.Queries.Select(query => $"{query.Id}: {query.Text}"));
        Assert.Equal([(3, "it has 2 columns, the header has 3"), (7, "it has no text")], file.Broken);
    }

    [Fact]
    public void Read_CsvWithoutIds_NumbersOfLines() =>
        Assert.Equal(["2: one", "3: two"], Read("q.csv", "text\none\ntwo\n").Queries.Select(query => $"{query.Id}: {query.Text}"));

    [Theory]
    [InlineData("q.xml", "x", "does not say what it is; files of queries are named .txt, .jsonl or .csv.")]
    [InlineData("q.txt", "\n \n", "holds no queries.")]
    [InlineData("q.jsonl", "{}\n", "holds no queries: line 1: it needs the string \"text\".")]
    [InlineData("q.csv", "id,words\n1,x\n", "has no column 'text'; it has id, words.")]
    public void Read_NoQueries_UsageErrorThatSaysWhy(string name, string content, string message) =>
        Assert.EndsWith(message, Assert.Throws<UsageException>(() => Read(name, content)).Message);

    QueryFile Read(string name, string content)
    {
        File.WriteAllText(folder.File(name), content);
        return QueryFile.Read(folder.File(name));
    }
}
