using System.Formats.Tar;
using System.Security.Cryptography;

namespace MplugCluster.Cli.Tests;

/// <summary><c>mplug index</c> of what is on this machine, into a server that cannot read it.</summary>
public sealed class IndexUploadTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    readonly string[] drawings = [.. Directory.GetFiles(Repository.Pictures).Order().Take(4)];
    RunningServer server = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder.File("pictures/sub"));
        File.Copy(drawings[0], folder.File("pictures/a.png"));
        File.Copy(drawings[1], folder.File("pictures/sub/b.png"));
        server = await RunningServer.Start("--store", folder.File("store"));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Index_FolderOfThisMachine_AsAnOwnClusterHasIt()
    {
        File.Copy(drawings[0], folder.File("pictures/copy.png"));
        File.WriteAllText(folder.File("pictures/broken.png"), "no picture");
        File.WriteAllText(folder.File("pictures/notes.txt"), "no picture");
        string[] line = ["index", folder.File("pictures"), "--corpus", "c"];

        var there = await server.Run(line);
        var here = await CommandRun.Of([.. line, "--store", folder.File("own")]);

        Assert.Equal((0, 0), (here.Code, there.Code));
        Assert.Contains(" of 4 pictures sent.", there.Error);
        Assert.Equal(LinesOf(here), LinesOf(there));
        Assert.Contains("copy.png: duplicate_content: It has the same content as 'a.png'.", LinesOf(there));
        Assert.Contains("Corpus 'c': 2 pictures, 0 texts", LinesOf(there));
        Assert.Equal(["a.png", "sub/b.png"], await Ids());
    }

    [Fact]
    public async Task Index_AgainAfterChanges_OnlyWhatIsNewIsReadAndWhatIsGoneGoes()
    {
        string[] line = ["index", folder.File("pictures"), "--corpus", "c", "--delete-missing"];
        await server.Run(line);
        var again = await server.Run(line);

        // What has the state that the corpus knows is not opened any more: with other bytes of the same length and time it stays what it was.
        var (file, time) = (folder.File("pictures/a.png"), File.GetLastWriteTimeUtc(folder.File("pictures/a.png")));
        File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
        File.SetLastWriteTimeUtc(file, time);
        File.Copy(drawings[2], folder.File("pictures/new.png"));
        File.Delete(folder.File("pictures/sub/b.png"));
        var changed = await server.Run([.. line, "--json"]);

        Assert.Contains("0 of 2 pictures sent.", again.Error);
        Assert.Contains("; 0 pictures encoded", again.Error);
        Assert.Contains("1 of 2 pictures sent.", changed.Error);
        Assert.Equal((0, 2), (changed.Code, changed.Json.GetProperty("corpus").GetProperty("pictures").GetInt32()));
        Assert.Equal(["a.png", "new.png"], await Ids());
    }

    [Fact]
    public async Task Index_SameFileInAnotherFolder_IsReadThere()
    {
        await server.Run("index", folder.File("pictures"), "--corpus", "c");
        Directory.CreateDirectory(folder.File("other"));
        File.WriteAllBytes(folder.File("other/a.png"), new byte[new FileInfo(drawings[0]).Length]);
        File.SetLastWriteTimeUtc(folder.File("other/a.png"), File.GetLastWriteTimeUtc(folder.File("pictures/a.png")));

        var run = await server.Run("index", folder.File("other"), "--corpus", "c");

        Assert.Contains("1 of 1 picture sent.", run.Error);
        Assert.Contains("a.png: unsupported", run.Error);
    }

    [Fact]
    public async Task Index_IdThatGetsAnotherFileAlikeInSizeAndTime_IsReadAnew()
    {
        File.WriteAllBytes(folder.File("pictures/other.png"), new byte[new FileInfo(drawings[0]).Length]);
        File.SetLastWriteTimeUtc(folder.File("pictures/other.png"), File.GetLastWriteTimeUtc(folder.File("pictures/a.png")));
        File.WriteAllText(folder.File("pictures/m.jsonl"), """{"id": "7", "path": "a.png"}""");
        await server.Run("index", folder.File("pictures/m.jsonl"), "--corpus", "c");
        File.WriteAllText(folder.File("pictures/m.jsonl"), """{"id": "7", "path": "other.png"}""");

        var run = await server.Run("index", folder.File("pictures/m.jsonl"), "--corpus", "c");

        Assert.Contains("7: unsupported", run.Error);
        Assert.Empty(await Ids());
    }

    [Fact]
    public async Task Index_PictureThatBecameTooLarge_IsFoundNoMoreByWhatItWas()
    {
        await server.Run("index", folder.File("pictures"), "--corpus", "c");
        using (var large = File.OpenWrite(folder.File("pictures/a.png")))
            large.SetLength((32 << 20) + 1);

        var run = await server.Run("index", folder.File("pictures"), "--corpus", "c");

        Assert.Contains("a.png: too_large", run.Error);
        Assert.Equal(["sub/b.png"], await Ids());
    }

    [Fact]
    public async Task Index_SourceName_OneSourceFromTwoPlaces()
    {
        await server.Run("index", folder.File("pictures"), "--corpus", "c", "--source-name", "mine");
        Directory.Move(folder.File("pictures/sub"), folder.File("elsewhere"));

        await server.Run("index", folder.File("elsewhere"), "--corpus", "c", "--source-name", "mine", "--delete-missing");
        var embedded = await CommandRun.Of("index", folder.File("elsewhere"), "--corpus", "c", "--source-name", "mine", "--store", folder.File("own"));

        Assert.Equal(["b.png"], await Ids());
        Assert.Equal((2, "--source-name belongs to what is sent to a --server; other sources have their address."), (embedded.Code, embedded.Error.Trim()));
    }

    [Fact]
    public async Task Index_ManifestOfOneIdOverAndOver_TheFirstCountsAndTheRestIsReported()
    {
        // Enough for parts of the listing that hold nothing but the same line.
        File.WriteAllLines(folder.File("m.csv"), ["id,path", .. Enumerable.Repeat("shoes,pictures/a.png", 20_000)]);

        var run = await server.Run("index", folder.File("m.csv"), "--corpus", "c");

        Assert.Equal(["shoes"], await Ids());
        Assert.Contains("shoes: duplicate_id", run.Error);
        Assert.Contains("19999 in all", run.Error);
    }

    [Fact]
    public async Task Index_DeepMetadata_ItsItemIsKept()
    {
        File.WriteAllText(folder.File("m.jsonl"), $$"""{"id": "a", "text": "t", "deep": {{new string('[', 60)}}{{new string(']', 60)}}}""");

        var run = await server.Run("index", folder.File("m.jsonl"), "--corpus", "c");

        Assert.Contains("Corpus 'c': 0 pictures, 1 text", run.Error);
    }

    [Fact]
    public async Task Index_EmptySourceName_SaysSoBeforeAnythingIsSent()
    {
        var run = await server.Run("index", folder.File("pictures"), "--corpus", "c", "--source-name", "");

        Assert.Equal((2, "--source-name is empty, or has control characters."), (run.Code, run.Error.Trim()));
    }

    [Fact]
    public async Task Index_ManifestThatIsNone_SaysWhyAndCode1()
    {
        File.WriteAllText(folder.File("m.csv"), "name,colour\n1,red\n");

        var run = await server.Run("index", folder.File("m.csv"), "--corpus", "c");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("m.csv", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public async Task Index_PathThatOnlyTheServerMayHave_SaysHowToWriteIt()
    {
        var run = await server.Run("index", "/none/pictures", "--corpus", "c");

        Assert.Equal((2, "There is no folder '/none/pictures' on this machine. One of the server's is 'folder:/none/pictures'."), (run.Code, run.Error.Trim()));
    }

    [Fact]
    public async Task Index_ManifestOfThisMachine_PathsBlobsTextsAndErrors()
    {
        var blob = await Upload(drawings[2]);
        File.WriteAllText(folder.File("items.jsonl"), $$"""
            {"id": "one", "path": "a.png", "caption": "a shape", "shelf": 3}
            {"id": "two", "blob": "{{blob}}"}
            {"id": "three", "text": "a red circle"}
            {"id": "four", "path": "none.png"}
            {"id": "five", "blob": "{{new string('0', 64)}}"}
            """);

        var run = await server.Run("index", folder.File("items.jsonl"), "--pictures", folder.File("pictures"), "--corpus", "c");

        Assert.Equal(0, run.Code);
        Assert.Contains("Corpus 'c': 2 pictures, 1 text", run.Error);
        Assert.Contains("four: missing: Line 4 of 'items.jsonl': there is no 'none.png'", run.Error);
        Assert.Contains($"five: missing: Line 5 of 'items.jsonl': no blob {new string('0', 64)} was uploaded.", run.Error);
        var items = await server.Client.Items("c").ToArrayAsync();
        Assert.Equal(("a shape", 3), (items.Single(item => item.Id == "one").Text, items.Single(item => item.Id == "one").Metadata!.Value.GetProperty("shelf").GetInt32()));
        Assert.Equal(blob, items.Single(item => item.Id == "two").Blob);
    }

    [Fact]
    public async Task Index_TarOfThisMachine_MembersAndCaptions()
    {
        File.WriteAllText(folder.File("pictures/a.txt"), "a shape of a tar");
        TarFile.CreateFromDirectory(folder.File("pictures"), folder.File("all.tar"), includeBaseDirectory: false);

        var run = await server.Run("index", folder.File("all.tar"), "--corpus", "c");
        var again = await server.Run("index", folder.File("all.tar"), "--corpus", "c");

        Assert.Contains("2 of 2 pictures sent.", run.Error);
        Assert.Contains("0 of 2 pictures sent.", again.Error);
        Assert.Equal("a shape of a tar", (await server.Client.Items("c").ToArrayAsync()).Single(item => item.Id.EndsWith("a.png", StringComparison.Ordinal)).Text);
    }

    [Fact]
    public async Task Index_DryRun_ListsHereAndSendsNothing()
    {
        File.WriteAllText(folder.File("pictures/notes.txt"), "");

        var run = await server.Run("index", folder.File("pictures"), "--corpus", "c", "--dry-run");

        Assert.Contains("2 pictures, 0 texts would be indexed.", run.Output);
        Assert.Contains("Passed over: 1 .txt", run.Output);
        Assert.Null(await server.Client.FindCorpus("c"));
        Assert.False(Directory.Exists(folder.File("store/blobs")));
    }

    [Fact]
    public async Task Index_EmptyFolder_AnEmptyCorpus()
    {
        Directory.CreateDirectory(folder.File("empty"));

        var run = await server.Run("index", folder.File("empty"), "--corpus", "c");

        Assert.Equal(0, run.Code);
        Assert.Contains("Corpus 'c': 0 pictures, 0 texts", run.Error);
    }

    [Fact]
    public async Task Index_WrongKey_SaysSoAndSendsNothing()
    {
        var run = await CommandRun.Of("index", folder.File("pictures"), "--corpus", "c", "--server", server.Flags[1], "--token", "wrong");

        Assert.Equal(1, run.Code);
        Assert.Contains("The server needs a key, or does not know the one it got", run.Error);
    }

    async Task<string> Upload(string picture)
    {
        var content = await File.ReadAllBytesAsync(picture);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        await server.Client.PutBlob(hash, content);
        return hash;
    }

    async Task<string[]> Ids() => await server.Client.Items("c").Select(item => item.Id).ToArrayAsync();

    /// <summary>What is said in both cases: remarks of the embedded cluster and of the upload are left out, and how often one picture was encoded.</summary>
    static string[] LinesOf(CommandRun run) =>
        [.. run.Error.Split('\n').Select(line => line.Split("; ")[0]).Where(line => line.Contains(".png: ", StringComparison.Ordinal) || line.StartsWith("Corpus", StringComparison.Ordinal))];
}
