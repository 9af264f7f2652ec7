namespace MplugCluster.Cli.Tests;

/// <summary>Words that the command does not know: one line on stderr says which, what was meant, and where the help is.</summary>
public sealed class ParseFailureTests
{
    [Theory]
    [InlineData("nonsense", "There is no verb 'nonsense'. 'mplug --help' shows what there is.")]
    [InlineData("rnak . --text x", "There is no verb 'rnak'; did you mean 'rank'? 'mplug --help' shows what there is.")]
    [InlineData("indx . --corpus c", "There is no verb 'indx'; did you mean 'index'? 'mplug --help' shows what there is.")]
    [InlineData("calib", "There is no verb 'calib'; did you mean 'calibrate'? 'mplug --help' shows what there is.")]
    [InlineData("Rank . --text x", "There is no verb 'Rank'; did you mean 'rank'? 'mplug --help' shows what there is.")]
    [InlineData("corpora lits", "There is no verb 'corpora lits'; did you mean 'list'? 'mplug corpora --help' shows what there is.")]
    [InlineData("jobs frobnicate", "There is no verb 'jobs frobnicate'. 'mplug jobs --help' shows what there is.")]
    [InlineData("rank . --txt x", "mplug rank has no flag '--txt'; did you mean '--text'? 'mplug rank --help' shows what it takes.")]
    [InlineData("rank --txt x .", "mplug rank has no flag '--txt'; did you mean '--text'? 'mplug rank --help' shows what it takes.")]
    [InlineData("rank . --text x --nonsense", "mplug rank has no flag '--nonsense'. 'mplug rank --help' shows what it takes.")]
    [InlineData("rank . --text x --cand=5", "mplug rank has no flag '--cand=5'; did you mean '--candidates'? 'mplug rank --help' shows what it takes.")]
    [InlineData("index . --corups c", "mplug index has no flag '--corups'; did you mean '--corpus'? 'mplug index --help' shows what it takes.")]
    [InlineData("embed a.png --jsno", "mplug embed has no flag '--jsno'; did you mean '--json'? 'mplug embed --help' shows what it takes.")]
    [InlineData("preprocess a.png -o out --out out", "mplug preprocess has no flag '-o'. 'mplug preprocess --help' shows what it takes.")]
    [InlineData("jobs list --limti 5", "mplug jobs list has no flag '--limti'; did you mean '--limit'? 'mplug jobs list --help' shows what it takes.")]
    [InlineData("--jsn", "mplug has no flag '--jsn'; did you mean '--json'? 'mplug --help' shows what there is.")]
    [InlineData("rank a b --text x", "mplug rank does not take 'b': it is a word too many. 'mplug rank --help' shows what it takes.")]
    public async Task Word_IsNotKnown_OneLineSaysWhichAndWhatWasMeant(string line, string message)
    {
        var run = await CommandRun.Of(line.Split(' '));

        Assert.Equal((2, "", message), (run.Code, run.Output, run.Error.Trim()));
    }

    [Theory]
    [InlineData("rank", "Required argument 'folder' missing for command: 'rank'.", "'mplug rank --help' shows what it takes.")]
    [InlineData("index .", "Option '--corpus' is required.", "'mplug index --help' shows what it takes.")]
    public async Task Word_IsMissing_SaysWhichAndWhereTheHelpIs(string line, params string[] lines)
    {
        var run = await CommandRun.Of(line.Split(' '));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Equal(lines, run.Error.Trim().Split(Environment.NewLine));
    }

    [Fact]
    public async Task Nothing_IsSaid_TheHelpOnStderr()
    {
        var run = await CommandRun.Of();

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("Commands:", run.Error);
    }

    [Theory]
    [InlineData("embed -- --odd.png", "There is no file or folder '--odd.png'.")]
    [InlineData("rank ./-odd --text x", "There is no folder './-odd'.")]
    public async Task File_LooksLikeAFlag_CanBeNamed(string line, string message) =>
        Assert.Equal(message, (await CommandRun.Of(line.Split(' '))).Error.Trim());
}
