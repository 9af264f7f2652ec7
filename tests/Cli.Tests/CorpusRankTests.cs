using System.Text.RegularExpressions;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Tests;

/// <summary><c>rank</c> with a corpus and one query.</summary>
public sealed class CorpusRankTests : IDisposable
{
    const string Query = "a red circle above a blue square";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rank_Corpus_AsTheFolderItWasFilledFrom()
    {
        Directory.CreateDirectory(folder.File("pictures"));
        foreach (var picture in Directory.GetFiles(Repository.Pictures).Order().Take(10))
            File.Copy(picture, Path.Combine(folder.File("pictures"), Path.GetFileName(picture)));
        await CommandRun.Of("index", folder.File("pictures"), "--corpus", "c", "--store", folder.File("store"));

        var ofFolder = await Rank(folder.File("pictures"), "--text", Query, "--json");
        var ofCorpus = await Rank("c", "--text", Query, "--json");
        var byPicture = await Rank("c", "--image", Path.Combine(folder.File("pictures"), "scene0003.jpg"), "--top", "2", "--json");
        var people = await Rank("c", "--text", Query, "--top", "2");

        Assert.Equal((0, 10, 10), (ofCorpus.Code, ofCorpus.Json.GetProperty("pictures").GetInt32(), ofCorpus.Json.GetProperty("reranked").GetInt32()));
        Assert.Equal(
            ofFolder.Json.GetProperty("results").EnumerateArray().Select(result =>
                (Path.GetFileName(result.GetProperty("picture").GetString()), result.GetProperty("itm_logit").GetSingle())),
            ofCorpus.Json.GetProperty("results").EnumerateArray().Select(result =>
                (result.GetProperty("id").GetString(), result.GetProperty("itm_logit").GetSingle())));
        Assert.Equal("scene0003.jpg", byPicture.Json.GetProperty("results")[0].GetProperty("id").GetString());
        Assert.Equal(2, people.Output.Split('\n').Count(line => line.Contains("scene", StringComparison.Ordinal)));
        Assert.Contains("10 pictures and 0 texts, 10 of 10 candidates reranked", people.Error);
    }

    [Fact]
    public async Task Rank_CorpusWithFilterAndKind_OnlyWhatFits()
    {
        await File.WriteAllTextAsync(folder.File("items.csv"), "id,text,year\na,a red circle,2010\nb,a blue square,2020\n");
        await CommandRun.Of("index", folder.File("items.csv"), "--corpus", "c", "--store", folder.File("store"));

        var run = await Rank("c", "--text", "a red circle", "--kind", "text", "--filter", "{\"year\":\"2020\"}", "--json");
        var wrong = await Rank("c", "--text", "x", "--filter", "{\"year\":{\"near\":1}}");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(["b"], run.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()));
        Assert.Equal(1, wrong.Code);
        Assert.Contains("The filter of 'year' has the operator 'near'", wrong.Error);
    }

    [Fact]
    public async Task Rank_CorpusAsAPage_PicturesInItAndNothingFromElsewhere()
    {
        Directory.CreateDirectory(folder.File("pictures/sub"));
        File.Copy(Directory.GetFiles(Repository.Pictures).Order().First(), folder.File("pictures/sub/a & b.png"));
        File.Copy(Directory.GetFiles(Repository.Pictures).Order().Last(), folder.File("pictures/gone.png"));
        await CommandRun.Of("index", folder.File("pictures"), "--corpus", "c", "--store", folder.File("store"));
        await File.WriteAllTextAsync(folder.File("items.csv"), "id,text\nt,a <red> circle\n");
        await CommandRun.Of("index", folder.File("items.csv"), "--corpus", "texts", "--store", folder.File("store"));
        File.Delete(folder.File("pictures/gone.png"));
        var (page, texts) = (folder.File("out.html"), folder.File("texts.html"));

        var run = await Rank("c", "--text", Query, "--html", page);
        await Rank("texts", "--text", "x", "--html", texts);

        Assert.Equal(0, run.Code);
        Assert.Contains($"Contact sheet: {page}", run.Error);
        Assert.Contains("gone.png: ", run.Error);
        var html = await File.ReadAllTextAsync(page);
        Assert.Contains($"<h1>{Query}</h1>", html);
        Assert.Single(Regex.Matches(html, "<img src=\"data:image/jpeg;base64,[A-Za-z0-9+/]{200,}=*\" alt=\"sub/a &amp; b.png\">"));
        Assert.Contains("<p class=\"text\">The picture cannot be shown.</p>", html);
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", html);
        Assert.Contains("<p class=\"text\">a &lt;red&gt; circle</p>", await File.ReadAllTextAsync(texts));
    }

    [Fact]
    public async Task Rank_CorpusOfAServerAsAPage_ItsThumbnails()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /v1/corpora/c", new CorpusInfo("c", "f", "ms25", 1, 0, 1, 1));
        server.On("POST /v1/corpora/c/search", new SearchResponse(
            [new SearchResult(1, "a/b.png", "picture", null, null, 1, 0.5f, 2, 0.9f)], 1, 1, 1, 1, new FeatureCounts(1, 0, 0), new SearchTimings(1, 1, 1, 3), null));
        server.On("GET /v1/corpora/c/items/a%2Fb.png/thumbnail?size=320", "small picture");

        var run = await server.Run("rank", "c", "--text", Query, "--html", folder.File("out.html"));

        Assert.Equal(0, run.Code);
        Assert.Contains($"data:image/jpeg;base64,{Convert.ToBase64String("small picture"u8)}", await File.ReadAllTextAsync(folder.File("out.html")));
    }

    [Fact]
    public async Task Rank_NeitherFolderNorCorpus_SaysSo()
    {
        var run = await Rank("nowhere", "--text", Query);

        Assert.Equal((2, "There is neither a folder nor a corpus 'nowhere'."), (run.Code, run.Error.Trim()));
    }

    Task<CommandRun> Rank(string target, params string[] args) => CommandRun.Of(["rank", target, .. args, "--store", folder.File("store")]);
}
