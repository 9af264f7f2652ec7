using System.Text.Json;
using MplugCluster.Cli.Rank;
using MplugCluster.Grains.Corpora;

namespace MplugCluster.Cli.Tests;

public sealed class RankTests : IDisposable
{
    const string Query = "a red circle above a blue square";

    readonly TemporaryFolder folder = new();

    public RankTests()
    {
        Directory.CreateDirectory(Path.Combine(Pictures, "more"));
        foreach (var file in Directory.GetFiles(Repository.Pictures).Order().Take(12))
            File.Copy(file, Path.Combine(Pictures, Path.GetFileName(file)));
        foreach (var file in Directory.GetFiles(Repository.Pictures).Order().Skip(12).Take(6))
            File.Copy(file, Path.Combine(Pictures, "more", Path.GetFileName(file)));
    }

    string Pictures => folder.File("pictures");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rank_Twice_SameAnswerAndNothingEncodedAgain()
    {
        var first = await Rank("--text", Query, "--json");
        var second = await Rank("--text", Query, "--json");

        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Equal((18, 18), (first.Json.GetProperty("pictures").GetInt32(), first.Json.GetProperty("images_encoded").GetInt32()));
        Assert.Equal((18, 0), (second.Json.GetProperty("pictures").GetInt32(), second.Json.GetProperty("images_encoded").GetInt32()));
        Assert.Equal(first.Json.GetProperty("results").GetRawText(), second.Json.GetProperty("results").GetRawText());
        var results = first.Json.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([.. Enumerable.Range(1, 10)], results.Select(result => result.GetProperty("rank").GetInt32()));
        var logits = results.Select(result => result.GetProperty("itm_logit").GetSingle()).ToArray();
        Assert.Equal(logits.OrderDescending(), logits);
        Assert.All(results, result => Assert.True(File.Exists(result.GetProperty("picture").GetString())));
    }

    [Fact]
    public async Task Rank_FolderChanged_OnlyTheChangesAreEncoded()
    {
        await Rank("--text", Query);
        var files = Directory.GetFiles(Pictures).Order().ToArray();
        File.Delete(files[0]);
        File.Copy(Directory.GetFiles(Repository.Pictures).Order().ElementAt(40), files[1], overwrite: true);
        File.SetLastWriteTimeUtc(files[1], DateTime.UtcNow);
        File.SetLastWriteTimeUtc(files[2], DateTime.UtcNow.AddHours(-1));
        File.Copy(Directory.GetFiles(Repository.Pictures).Order().ElementAt(41), Path.Combine(Pictures, "zz.jpg"));

        var after = await Rank("--text", Query, "--json", "--top", "100");

        // Two new contents; the one whose time alone changed is found by its content.
        Assert.Equal(2, after.Json.GetProperty("images_encoded").GetInt32());
        Assert.Equal(18, after.Json.GetProperty("pictures").GetInt32());
        Assert.DoesNotContain(files[0], Names(after));
        Assert.Contains(Path.Combine(Pictures, "zz.jpg"), Names(after));
    }

    [Fact]
    public async Task Rank_People_ATableOnStdoutAndRemarksOnStderr()
    {
        var run = await Rank("--text", Query, "--top", "3");

        Assert.Equal(0, run.Code);
        Assert.Contains("ITC similarity", run.Output);
        Assert.Contains("ITM probability", run.Output);
        Assert.Equal(3, run.Output.Split('\n').Count(line => line.Contains("scene", StringComparison.Ordinal)));
        Assert.Contains("18 pictures (18 encoded, 0 from the store), 18 of 18 candidates reranked", run.Error);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Rank_ByPicture_ItselfFirstAndNoItm()
    {
        var query = Directory.GetFiles(Pictures).Order().ElementAt(3);

        var run = await Rank("--image", query, "--json", "--top", "5");

        var results = run.Json.GetProperty("results");
        Assert.Equal(query, results[0].GetProperty("picture").GetString());
        Assert.Equal(1, results[0].GetProperty("itc_similarity").GetSingle(), 1e-5f);
        Assert.All(results.EnumerateArray(), result => Assert.Equal(JsonValueKind.Null, result.GetProperty("itm_logit").ValueKind));
        Assert.Equal(0, run.Json.GetProperty("reranked").GetInt32());
    }

    [Fact]
    public async Task Rank_NoRerankOrFewCandidates_AsAsked()
    {
        var unranked = await Rank("--text", Query, "--json", "--no-rerank");
        Assert.All(unranked.Json.GetProperty("results").EnumerateArray(), result =>
            Assert.Equal(result.GetProperty("rank").GetInt32(), result.GetProperty("rank_itc").GetInt32()));

        var few = await Rank("--text", Query, "--json", "--candidates", "3");
        Assert.Equal(3, few.Json.GetProperty("reranked").GetInt32());
        Assert.Equal(3, few.Json.GetProperty("results").EnumerateArray().Count(result => result.GetProperty("itm_logit").ValueKind == JsonValueKind.Number));
    }

    [Fact]
    public async Task Rank_SomePicturesBad_ReportedAndTheRestRanked()
    {
        File.WriteAllText(Path.Combine(Pictures, "text.png"), "no picture");
        File.WriteAllBytes(Path.Combine(Pictures, "empty.jpg"), []);

        var run = await Rank("--text", Query, "--json");
        var strict = await Rank("--text", Query, "--json", "--strict");

        Assert.Equal((0, 1), (run.Code, strict.Code));
        Assert.Equal(
            [("empty.jpg", "unreadable"), ("text.png", "unsupported")],
            run.Json.GetProperty("errors").EnumerateArray().Select(error =>
                (error.GetProperty("picture").GetString(), error.GetProperty("error").GetProperty("code").GetString())).Order());
        Assert.Contains("text.png: unsupported: not a picture in a known format", run.Error);
        Assert.Equal(18, run.Json.GetProperty("pictures").GetInt32());
    }

    [Fact]
    public async Task Rank_PictureBecomesUnusable_NoLongerFoundByWhatItWas()
    {
        await Rank("--text", Query);
        var spoilt = Directory.GetFiles(Pictures).Order().First();
        File.WriteAllText(spoilt, "no picture any more");

        var after = await Rank("--text", Query, "--json", "--top", "100");

        Assert.Equal((0, 17), (after.Code, after.Json.GetProperty("pictures").GetInt32()));
        Assert.DoesNotContain(spoilt, Names(after));
        Assert.Equal(17, Names(after).Count());
    }

    [Fact]
    public async Task Rank_IndexDamaged_MadeAnewWithoutEncoding()
    {
        var first = await Rank("--text", Query, "--json");
        foreach (var manifest in Directory.GetFiles(folder.File("store/corpora"), "manifest.json", SearchOption.AllDirectories))
            File.WriteAllText(manifest, "{");

        var again = await Rank("--text", Query, "--json");

        Assert.Equal((0, 0, 18), (again.Code, again.Json.GetProperty("images_encoded").GetInt32(), again.Json.GetProperty("pictures").GetInt32()));
        Assert.Equal(first.Json.GetProperty("results").GetRawText(), again.Json.GetProperty("results").GetRawText());
    }

    [Fact]
    public async Task Rank_ItsCorpus_NamedAfterTheFolderUnlessAnEarlierVersionMadeOne()
    {
        await Rank("--text", Query);
        var corpora = await Corpora();
        var name = Assert.Single(corpora);
        Assert.Matches("^folder-pictures-[0-9a-f]{24}$", name);
        var folders = folder.File("store/corpora");
        Directory.Delete(Path.Combine(folders, name), recursive: true);
        var former = name.Replace("pictures-", "", StringComparison.Ordinal);
        await CommandRun.Of("index", Pictures, "--corpus", former, "--store", folder.File("store"));

        var run = await Rank("--text", Query, "--json");

        Assert.Equal((0, 0), (run.Code, run.Json.GetProperty("images_encoded").GetInt32()));
        Assert.Equal([former], await Corpora());

        async Task<string[]> Corpora() => [.. (await CommandRun.Of("corpora", "--json", "--store", folder.File("store"))).Json.GetProperty("corpora").EnumerateArray()
            .Select(corpus => corpus.GetProperty("name").GetString()!)];
    }

    [Theory]
    [InlineData("/x/Holidays", "folder-holidays-")]
    [InlineData("/x/My  Café 2024 (new)/", "folder-my-caf-2024-new-")]
    [InlineData("/x/写真", "folder-")]
    [InlineData("/", "folder-")]
    [InlineData("/x/abcdefghijklmnopqrstuvwxyzabcdefghijklm- opq", "folder-abcdefghijklmnopqrstuvwxyzabcdefghijklm-")]
    public void Name_OfAFolder_ItsOwnAndAHash(string path, string beginning)
    {
        var name = FolderCorpus.Name(path, "f", "ms25");

        Assert.Matches($"^{beginning}[0-9a-f]{{24}}$", name);
        Assert.True(CorpusName.IsValid(name));
        Assert.EndsWith(FolderCorpus.FormerName(path, "f", "ms25")["folder-".Length..], name);
        Assert.NotEqual(name, FolderCorpus.Name(path, "f", "am30"));
    }

    [Fact]
    public async Task Rank_AllPicturesBad_Fails()
    {
        var bad = folder.File("bad");
        Directory.CreateDirectory(bad);
        File.WriteAllText(Path.Combine(bad, "a.png"), "no picture");

        var run = await CommandRun.Of("rank", bad, "--text", Query, "--store", folder.File("store"));

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("a.png: unsupported", run.Error);
    }

    [Fact]
    public async Task Rank_Html_PicturesInOrderWithLinksThatLead()
    {
        File.Move(Directory.GetFiles(Pictures).Order().First(), Path.Combine(Pictures, "a & <b> #1.png"));
        var page = folder.File("out.html");

        var run = await Rank("--text", "<i>a & b</i>", "--top", "20", "--json", "--html", page);

        var html = await File.ReadAllTextAsync(page);
        Assert.Contains("<h1>&lt;i&gt;a &amp; b&lt;/i&gt;</h1>", html);
        Assert.DoesNotContain("<i>", html);
        var links = System.Text.RegularExpressions.Regex.Matches(html, "<img src=\"([^\"]+)\"").Select(match => Uri.UnescapeDataString(match.Groups[1].Value)).ToArray();
        Assert.Equal(Names(run).Select(Path.GetFullPath), links.Select(link => Path.GetFullPath(Path.Combine(folder.Path, link))));
    }

    [Fact]
    public async Task Rank_OtherConvention_ItsOwnCorpus()
    {
        var ms25 = await Rank("--text", Query, "--json");
        var am30 = await Rank("--text", Query, "--json", "--convention", "am30");

        Assert.Equal(18, am30.Json.GetProperty("pictures").GetInt32());
        Assert.NotEqual(ms25.Json.GetProperty("results").GetRawText(), am30.Json.GetProperty("results").GetRawText());
    }

    Task<CommandRun> Rank(params string[] args) => CommandRun.Of(["rank", Pictures, "--store", folder.File("store"), .. args]);

    static IEnumerable<string> Names(CommandRun run) =>
        run.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("picture").GetString()!);
}
