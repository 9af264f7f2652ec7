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
    public async Task Rank_NeitherFolderNorCorpus_SaysSo()
    {
        var run = await Rank("nowhere", "--text", Query);

        Assert.Equal((2, "There is neither a folder nor a corpus 'nowhere'."), (run.Code, run.Error.Trim()));
    }

    Task<CommandRun> Rank(string target, params string[] args) => CommandRun.Of(["rank", target, .. args, "--store", folder.File("store")]);
}
