using System.Text.Json;
using MplugCluster.Model.Numpy;
using Parquet;

namespace MplugCluster.Cli.Tests;

public sealed class EmbedTests : IDisposable
{
    /// <summary>Of the reference, for embeddings (golden README).</summary>
    const double Tolerance = 1e-5;

    static readonly string[] Pictures = [.. Directory.GetFiles(Repository.Pictures).Order().Take(3)];

    readonly TemporaryFolder folder = new();
    readonly NpyArray<float> expected = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "image_embedding.npy"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Embed_Npy_TheReferencesRowsAndTheirIds()
    {
        var file = folder.File("out.npy");

        var run = await Embed([.. Pictures, "--text", "a star", "--out", file, "--json"]);

        Assert.Equal((0, 4, 0, 3), (run.Code, Number(run, "embedded"), Number(run, "failed"), Number(run, "images_encoded")));
        var rows = NpyFile.Read<float>(file);
        Assert.Equal([4, 64], rows.Shape);
        for (var i = 0; i < 3 * 64; i++)
            Assert.Equal(expected.Data[i], rows.Data[64 + i], Tolerance);
        Assert.Equal(
            [("1", "text"), .. Pictures.Select(picture => (picture, "picture"))],
            (await File.ReadAllLinesAsync(folder.File("out.ids.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(row => (row.GetProperty("id").GetString()!, row.GetProperty("kind").GetString()!)));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
    }

    [Fact]
    public async Task Embed_AllFormats_TheSameNumbers()
    {
        string[] what = [Pictures[0], "--text", "a star", "--text", "a red circle"];
        await Embed([.. what, "--out", folder.File("out.npy")]);
        await Embed([.. what, "--out", folder.File("out.parquet")]);
        await Embed([.. what, "--out", folder.File("out.jsonl")]);
        var lines = await Embed(what);

        var numbers = NpyFile.Read<float>(folder.File("out.npy")).Data;
        Assert.Equal(numbers, Lines(await File.ReadAllLinesAsync(folder.File("out.jsonl"))));
        Assert.Equal(numbers, Lines(lines.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(["id", "kind", "element"], reader.Schema.DataFields.Select(field => field.Name));
        var ids = new string[3];
        await group.ReadAsync(reader.Schema.DataFields[0], ids);
        Assert.Equal(["1", "2", Pictures[0]], ids);
        Assert.Equal(3, group.RowCount);
    }

    [Fact]
    public async Task Embed_FoldersAndTables_EveryRowUnderItsId()
    {
        Directory.CreateDirectory(folder.File("pictures"));
        File.Copy(Pictures[0], folder.File("pictures/a.png"));
        await File.WriteAllTextAsync(folder.File("rows.csv"), "id,text,image\nx,a star,\ny,,pictures/a.png\nz,a ring,pictures/a.png\n,,\n");
        await File.WriteAllTextAsync(folder.File("rows.jsonl"), "{\"id\":7,\"text\":\"a star\"}\n\n\"a ring\"\n[1]\n{\n{\"image\":\"none.png\"}\n");
        await File.WriteAllTextAsync(folder.File("texts.txt"), "a star\n\na ring\n");

        var run = await Embed([
            folder.File("pictures"), folder.File("rows.csv"), folder.File("rows.jsonl"), folder.File("texts.txt"), "--out", folder.File("out.jsonl")]);
        var strict = await Embed([folder.File("rows.csv"), "--out", folder.File("strict.jsonl"), "--strict"]);

        Assert.Equal((0, 1), (run.Code, strict.Code));
        Assert.Equal(
            ["a.png picture", "x text", "y picture", "z picture", "z text", "7 text", "2 text", "1 text", "3 text"],
            (await File.ReadAllLinesAsync(folder.File("out.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(row => $"{row.GetProperty("id").GetString()} {row.GetProperty("kind").GetString()}"));
        Assert.Contains("4: invalid: it has neither a text nor an image", run.Error);
        Assert.Contains("3: invalid: it is neither a string nor an object", run.Error);
        Assert.Contains("4: invalid: it is not JSON: ", run.Error);
        Assert.Contains("5: missing: ", run.Error);
        Assert.Contains("9 embeddings in ", run.Error);
    }

    [Fact]
    public async Task Embed_Corpus_WhatTheCorpusHoldsAndNothingComputed()
    {
        Directory.CreateDirectory(folder.File("pictures"));
        foreach (var picture in Pictures)
            File.Copy(picture, Path.Combine(folder.File("pictures"), Path.GetFileName(picture)));
        await CommandRun.Of("index", folder.File("pictures"), "--corpus", "c", "--model", Repository.Scenes, "--store", folder.File("store"));
        Directory.Delete(folder.File("pictures"), recursive: true);
        Directory.Delete(folder.File("store/features"), recursive: true);

        var run = await Embed(["--corpus", "c", "--out", folder.File("out.npy"), "--json"]);

        Assert.Equal((0, 3, 0), (run.Code, Number(run, "embedded"), Number(run, "images_encoded")));
        var rows = NpyFile.Read<float>(folder.File("out.npy")).Data;
        Assert.All(expected.Data.Take(3 * 64).Zip(rows), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public async Task Embed_Failure_TheOldFileStaysAsItWas()
    {
        await File.WriteAllTextAsync(folder.File("out.jsonl"), "old");

        var run = await CommandRun.Of("embed", "--text", "x", "--out", folder.File("out.jsonl"), "--server", "http://127.0.0.1:9");
        var none = await Embed(["--corpus", "none", "--out", folder.File("out.jsonl")]);

        Assert.Equal((1, 1), (run.Code, none.Code));
        Assert.Contains("There is no corpus 'none'.", none.Error);
        Assert.Equal("old", await File.ReadAllTextAsync(folder.File("out.jsonl")));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
    }

    [Theory]
    [InlineData("a.csv", "x,y\n1,2\n", 2, "has neither a column 'text' nor 'image'; it has x, y.")]
    [InlineData("a.doc", "x", 2, "is neither a picture nor a .txt, .jsonl, .csv or .parquet file.")]
    [InlineData("a.txt", "\n", 2, "There is nothing to embed in ")]
    [InlineData("a.parquet", "no parquet", 2, "cannot be read as Parquet: ")]
    public async Task Embed_FileThatIsNone_SaysWhatItMustBe(string name, string content, int code, string message)
    {
        await File.WriteAllTextAsync(folder.File(name), content);

        var run = await Embed([folder.File(name)]);

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error);
    }

    Task<CommandRun> Embed(string[] args) => CommandRun.Of(["embed", .. args, "--model", Repository.Scenes, "--store", folder.File("store")]);

    static int Number(CommandRun run, string name) => run.Json.GetProperty(name).GetInt32();

    static float[] Lines(IEnumerable<string> lines) =>
        [.. lines.SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()))];
}
