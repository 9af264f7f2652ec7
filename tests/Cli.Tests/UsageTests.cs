namespace MplugCluster.Cli.Tests;

/// <summary>Every wrong command line has its message and the exit code 2, and nothing on stdout.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Required command was not provided.")]
    [InlineData("frobnicate", "Unrecognized command or argument 'frobnicate'.")]
    [InlineData("rank", "Required argument 'folder' missing for command: 'rank'.")]
    [InlineData("rank .", "rank takes either --text or --image.")]
    [InlineData("rank . --text x --image y", "rank takes either --text or --image.")]
    [InlineData("rank /none --text x", "There is no folder '/none'.")]
    [InlineData("rank . --image /none", "There is no picture '/none'.")]
    [InlineData("rank . --text x --top 0", "--top is 0; 1 to 1000 are allowed.")]
    [InlineData("rank . --text x --top many", "many")]
    [InlineData("rank . --text x --candidates 0", "--candidates is 0; 1 to 10000 are allowed.")]
    [InlineData("rank . --text x --candidates 5 --no-rerank", "--no-rerank and --candidates exclude each other.")]
    [InlineData("rank . --text x --convention other", "'ms25'")]
    [InlineData("score", "score takes either --image and --text, or --pairs.")]
    [InlineData("score --image a.png", "score takes either --image and --text, or --pairs.")]
    [InlineData("score --pairs a.jsonl --text x", "score takes either --image and --text, or --pairs.")]
    [InlineData("score --pairs /none", "There is no file '/none'.")]
    [InlineData("score --image a --text x --out b", "--out belongs to --pairs.")]
    [InlineData("score --image a --text x --server http://x --model y", "--server has a model and a store of its own; leave --model and --store out.")]
    [InlineData("score --image a --text x --server nowhere", "'nowhere' is no address; write --server http://host:port.")]
    [InlineData("score --image a --text x --token y", "--token belongs to --server.")]
    [InlineData("score --image a --text x --model /none", "There is no model '/none'; --model takes a model package or a checkpoint directory.")]
    [InlineData("import", "Option '--out' is required.")]
    [InlineData("import --out x", "import takes either a checkpoint or --random <config dir>.")]
    [InlineData("import a --random b --out x", "import takes either a checkpoint or --random <config dir>.")]
    [InlineData("preprocess --out x", "Required argument 'pictures' missing for command: 'preprocess'.")]
    [InlineData("preprocess a/x.png b/x.png --out x", "2 pictures are named 'x.png'; their results would overwrite each other.")]
    [InlineData("verify x", "Option '--golden' is required.")]
    [InlineData("verify x --golden /none", "There is no reference set '/none'.")]
    [InlineData("eval", "Required argument 'annotations' missing for command: 'eval'.")]
    [InlineData("eval /none --images .", "There is no file '/none'.")]
    public async Task Run_WrongUsage_MessageAndCode2(string line, string message)
    {
        var run = await CommandRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("import --help")]
    [InlineData("preprocess --help")]
    [InlineData("verify --help")]
    [InlineData("score --help")]
    [InlineData("rank --help")]
    [InlineData("eval --help")]
    public async Task Run_Help_OnStdout(string line)
    {
        var run = await CommandRun.Of(line.Split(' '));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("Usage:", run.Output);
        Assert.Contains("--json", run.Output);
    }

    [Fact]
    public async Task Run_Version_ANumber()
    {
        var run = await CommandRun.Of("--version");

        Assert.Equal(0, run.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Theory]
    [InlineData("rank . --text x --server http://127.0.0.1:9", "Connection refused")]
    [InlineData("import /none --out /tmp/none", "There is no checkpoint '/none'.")]
    public async Task Run_Failure_MessageAndCode1(string line, string message)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Directory.GetFiles(Repository.Pictures)[0], folder.File("a.png"));

        var run = await CommandRun.Of(line.Replace("rank .", $"rank {folder.Path}").Split(' '));

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task Run_Cancelled_130AndNoStack()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.Of(
            ["rank", Repository.Pictures, "--text", "x", "--store", folder.File("store")], new CancellationToken(canceled: true));

        Assert.Equal((130, ""), (run.Code, run.Output));
        Assert.Equal("Interrupted.", run.Error.Trim());
    }
}
