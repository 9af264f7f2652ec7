using System.Buffers.Binary;
using System.Text.Json;
using System.Text.RegularExpressions;
using MplugCluster.Cli.Explain;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Tests;

public sealed class ExplainTests : IDisposable
{
    const string Text = "a small <pink> triangle";

    static readonly string Picture = Directory.GetFiles(Repository.Pictures).Order().First();

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Explain_People_WhereEachWordLooksAndTheScore()
    {
        var run = await Explain("--image", Picture, "--text", Text);

        Assert.Equal(0, run.Code);
        Assert.Matches(@"triangle\s+row \d of 6, column \d of 6\s+\d+\.\d %", run.Output);
        Assert.Matches(@"ITM probability \d\.\d{4}, ITM logit -?\d+\.\d{3}; fusion layer 2 of 0 to 3", run.Output);
    }

    [Fact]
    public async Task Explain_JsonFileAndPage_TheSameNumbersAndNothingFromElsewhere()
    {
        var (json, page) = (folder.File("out.json"), folder.File("out.html"));

        var run = await Explain("--image", Picture, "--text", Text, "--layer", "2", "--json", "--out", json, "--html", page);

        Assert.Equal((0, 2), (run.Code, run.Json.GetProperty("layer").GetInt32()));
        var written = JsonSerializer.Deserialize<ExplanationResponse>(await File.ReadAllTextAsync(json), ApiJson.Options)!;
        Assert.Equal(["a", "small", "[UNK]", "pink", "[UNK]", "triangle"], written.Tokens.Select(token => token.Token));
        Assert.Equal(run.Json.GetProperty("itm_logit").GetSingle(), written.ItmLogit);
        Assert.Contains($"Written: {page}", run.Error);
        var html = await File.ReadAllTextAsync(page);
        Assert.Contains("<h1>a small &lt;pink&gt; triangle</h1>", html);
        Assert.Contains(Convert.ToBase64String(await File.ReadAllBytesAsync(Picture)), html);
        Assert.Equal(6, Regex.Count(html, "<img src=\"data:image/png;base64,"));
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", html);
        Assert.DoesNotContain("http", html);
    }

    [Fact]
    public async Task Explain_Pieces_TokensAsTheModelReadsThem()
    {
        var run = await Explain("--image", Picture, "--text", "reds", "--pieces", "--json");

        var tokens = run.Json.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("token").GetString()).ToArray();
        Assert.Equal(("[CLS]", "[SEP]"), (tokens[0], tokens[^1]));
        Assert.True(tokens.Length > 3);
    }

    [Fact]
    public async Task Explain_WrongLayerOrPicture_SaysWhy()
    {
        File.WriteAllText(folder.File("text.png"), "no picture");

        var layer = await Explain("--image", Picture, "--text", Text, "--layer", "7");
        var picture = await Explain("--image", folder.File("text.png"), "--text", Text);

        Assert.Equal((1, 1), (layer.Code, picture.Code));
        Assert.Contains("'layer' is 7; the model has the fusion layers 0 to 3.", layer.Error);
        Assert.Contains("unsupported: not a picture in a known format", picture.Error);
    }

    [Fact]
    public void HeatPng_Map_ASoundPictureOfItsSize()
    {
        var png = HeatPng.Write([0, 0.25f, 0.25f, 0.5f, 0, 0], rows: 2, columns: 3);

        // Chromium and libpng check these; a wrong checksum shows no picture at all.
        Assert.Equal("PNG\r\n\x1a\n"u8.ToArray(), png[1..8]);
        Assert.Equal((3, 2), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
        Assert.Equal([0xAE, 0x42, 0x60, 0x82], png[^4..]);
        using var zlib = new System.IO.Compression.ZLibStream(
            new MemoryStream(png, 41, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33))), System.IO.Compression.CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        Assert.Equal(2 * (1 + 3 * 4), rows.Length);
    }

    [Fact]
    public void HeatPng_EvenMap_OneColour() => Assert.NotEmpty(HeatPng.Write([0.5f, 0.5f], 1, 2));

    Task<CommandRun> Explain(params string[] args) => CommandRun.Of(["explain", .. args, "--store", folder.File("store")]);
}
