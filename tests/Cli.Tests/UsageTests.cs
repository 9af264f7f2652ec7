namespace MplugCluster.Cli.Tests;

/// <summary>Every wrong command line has its message and the exit code 2, and nothing on stdout.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("", "Required command was not provided.")]
    [InlineData("rank", "Required argument 'folder' missing for command: 'rank'.")]
    [InlineData("rank .", "rank takes one of --text, --image and --queries.")]
    [InlineData("rank . --text x --image y", "rank takes one of --text, --image and --queries.")]
    [InlineData("rank . --text x --queries y", "rank takes one of --text, --image and --queries.")]
    [InlineData("rank . --text x --out y", "--out belongs to --queries.")]
    [InlineData("rank . --text x --format csv", "--format belongs to --queries.")]
    [InlineData("rank . --text x --yes", "--yes belongs to --queries.")]
    [InlineData("rank . --text x --max-hours 3", "--max-hours belongs to --queries.")]
    [InlineData("rank . --queries x --html y", "--html belongs to --text and --image.")]
    [InlineData("rank . --queries x", "--queries needs --out: where the results go.")]
    [InlineData("rank . --queries x --out y", "'y' does not say its format; set --format: jsonl, csv, parquet, trec.")]
    [InlineData("rank . --queries x --out y.csv --format xml", "'xml' is not a format of results; jsonl, csv, parquet, trec are.")]
    [InlineData("rank . --queries x --out /none/y.csv", "There is no folder '/none' for '/none/y.csv'.")]
    [InlineData("rank . --queries x --out y.csv --max-hours 0", "--max-hours is 0; it must be above 0.")]
    [InlineData("rank . --queries /none --out y.csv", "There is no file '/none'.")]
    [InlineData("rank /none --text x", "There is no folder '/none'.")]
    [InlineData("rank . --image /none", "There is no picture '/none'.")]
    [InlineData("rank . --text \t", "--text is empty; it needs at least one word.")]
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
    [InlineData("score --image a --text x --min-probability 0.5", "--min-probability belongs to --pairs.")]
    [InlineData("index", "Required argument 'source' missing for command: 'index'.")]
    [InlineData("index .", "Option '--corpus' is required.")]
    [InlineData("index /none --corpus c", "There is no folder '/none'.")]
    [InlineData("index . --corpus c --kind zip", "'tar'")]
    [InlineData("index . --corpus c --dry-run --detach", "--dry-run and --detach exclude each other.")]
    [InlineData("index pictures --corpus c --server http://127.0.0.1:9", "There is no folder 'pictures' on this machine.")]
    [InlineData("corpora show", "Required argument 'name' missing for command: 'show'.")]
    [InlineData("corpora adopt c", "Option '--from' is required.")]
    [InlineData("corpora frobnicate", "'corpora frobnicate'")]
    [InlineData("jobs show", "Required argument 'id' missing for command: 'show'.")]
    [InlineData("jobs --limit 0", "--limit is 0; it must be at least 1.")]
    [InlineData("jobs results j", "Option '--out' is required.")]
    [InlineData("jobs results j --out x", "'x' does not say its format; set --format: jsonl, csv, parquet, trec.")]
    [InlineData("plan c", "Option '--queries' is required.")]
    [InlineData("plan c --queries 0", "--queries is 0; it must be at least 1.")]
    [InlineData("import", "Option '--out' is required.")]
    [InlineData("import --out x", "import takes either a checkpoint or --random <config dir>.")]
    [InlineData("import a --random b --out x", "import takes either a checkpoint or --random <config dir>.")]
    [InlineData("import a --out x --feature-precision fp8", "'fp16'")]
    [InlineData("import a --out x --precision int4", "'int8'")]
    [InlineData("preprocess --out x", "Required argument 'pictures' missing for command: 'preprocess'.")]
    [InlineData("preprocess a/x.png b/x.png --out x", "2 pictures are named 'x.png'; their results would overwrite each other.")]
    [InlineData("verify x", "verify takes either --golden <dir>, or --against <package> with --annotations <file> and --images <root>.")]
    [InlineData("verify x --golden y --against z", "verify takes either --golden <dir>, or --against <package> with --annotations <file> and --images <root>.")]
    [InlineData("verify x --against y --annotations /none --images z", "There is no file '/none'.")]
    [InlineData("verify x --golden /none", "There is no reference set '/none'.")]
    [InlineData("verify x --golden y --device gpu", "--device: 'gpu' is not a device; devices are 'cpu' and 'cuda:0', 'cuda:1', ...")]
    [InlineData("rank . --text x --kind text", "--kind belongs to a corpus.")]
    [InlineData("rank . --text x --filter {}", "--filter belongs to a corpus.")]
    [InlineData("rank . --queries x --out y.csv --filter {}", "--filter belongs to a corpus and one query.")]
    [InlineData("rank c --text x --html /none/y.html", "There is no folder '/none' for '/none/y.html'.")]
    [InlineData("rank c --text x --strict", "--strict belongs to folders.")]
    [InlineData("rank c --text x --filter {", "--filter is not JSON: ")]
    [InlineData("rank c --text x --kind video", "'picture'")]
    [InlineData("explain --text x", "Option '--image' is required.")]
    [InlineData("explain --image x", "Option '--text' is required.")]
    [InlineData("explain --image /none --text x", "There is no picture '/none'.")]
    [InlineData("explain --image a --text x --layer y", "'y'")]
    [InlineData("embed", "embed takes either pictures, files and --text, or --corpus.")]
    [InlineData("embed --corpus c --text x", "embed takes either pictures, files and --text, or --corpus.")]
    [InlineData("embed --corpus c --convention am30", "A corpus has a convention of its own; leave --convention out.")]
    [InlineData("embed --text x --json", "--json needs --out: stdout cannot hold both the embeddings and the summary.")]
    [InlineData("embed --text x --out y", "'y' does not say its format; embeddings are written as .npy, .parquet or .jsonl.")]
    [InlineData("embed --text x --out /none/y.npy", "There is no folder '/none' for '/none/y.npy'.")]
    [InlineData("embed /none", "There is no file or folder '/none'.")]
    [InlineData("serve --server http://x", "mplug serve has no flag '--server'")]
    [InlineData("cache frobnicate", "'cache frobnicate'")]
    [InlineData("completion", "Required argument 'shell' missing for command: 'completion'.")]
    [InlineData("completion tcsh", "'bash'")]
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
    [InlineData("explain --image FILE --text x --html /none/y.html", "There is no folder '/none' for '/none/y.html'.")]
    [InlineData("explain --image FILE --text x --out /none/y.json", "There is no folder '/none' for '/none/y.json'.")]
    [InlineData("explain --image FILE --text \t", "--text is empty; it needs at least one word.")]
    [InlineData("score --image FILE --text x --server http://x --model y", "--server has a model and a store of its own; leave --model and --store out.")]
    [InlineData("score --image FILE --text x --server nowhere", "'nowhere' is no address; write --server http://host:port.")]
    [InlineData("score --image FILE --text x --token y", "--token belongs to --server.")]
    [InlineData("score --image FILE --text x --model /none", "There is no model '/none'; --model takes a model package or a checkpoint directory.")]
    [InlineData("score --pairs FILE --min-probability 2", "--min-probability is 2; 0 to 1 are allowed.")]
    [InlineData("score --pairs FILE --min-probability 0.5", "Tables and --min-probability need --out: where the scores go.")]
    [InlineData("score --pairs FILE --min-probability 0.5 --out a.trec", "Scores are no ranking: --out must be .jsonl, .csv or .parquet.")]
    [InlineData("score --pairs FILE --min-probability 0.5 --out a.csv", "'FILE' does not say what it is; files of pairs are named .jsonl, .csv or .parquet.")]
    public async Task Run_WrongUsageOfAFileThatIsThere_MessageAndCode2(string line, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.txt"), "some text");

        var run = await CommandRun.Of(line.Replace("FILE", folder.File("a.txt")).Split(' '));

        Assert.Equal((2, message.Replace("FILE", folder.File("a.txt"))), (run.Code, run.Error.Trim()));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("import --help")]
    [InlineData("preprocess --help")]
    [InlineData("verify --help")]
    [InlineData("score --help")]
    [InlineData("rank --help")]
    [InlineData("eval --help")]
    [InlineData("index --help")]
    [InlineData("corpora --help")]
    [InlineData("corpora adopt --help")]
    [InlineData("jobs --help")]
    [InlineData("jobs results --help")]
    [InlineData("plan --help")]
    [InlineData("train --help")]
    [InlineData("scenes --help")]
    [InlineData("explain --help")]
    [InlineData("embed --help")]
    [InlineData("serve --help")]
    [InlineData("cache --help")]
    [InlineData("cache show --help")]
    [InlineData("cache clear --help")]
    [InlineData("completion --help")]
    [InlineData("corpora list --help")]
    [InlineData("corpora show --help")]
    [InlineData("corpora delete --help")]
    [InlineData("jobs list --help")]
    [InlineData("jobs show --help")]
    [InlineData("jobs watch --help")]
    [InlineData("jobs pause --help")]
    [InlineData("jobs resume --help")]
    [InlineData("jobs cancel --help")]
    [InlineData("jobs delete --help")]
    [InlineData("jobs errors --help")]
    public async Task Run_Help_OnStdoutWithAnExample(string line)
    {
        var run = await CommandRun.Of(line.Split(' '));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("Usage:", run.Output);
        Assert.Contains("--json", run.Output);
        Assert.Matches($@"Examples?:\r?\n  mplug {string.Join(' ', line.Split(' ')[..^1])}", run.Output);
    }

    [Fact]
    public async Task Run_Version_ANumber()
    {
        var run = await CommandRun.Of("--version");

        Assert.Equal(0, run.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Theory]
    [InlineData("rank . --text x --server http://127.0.0.1:9", "The server cannot be reached: Connection refused (127.0.0.1:9). Check --server, and that it runs ('mplug serve' starts one).")]
    [InlineData("import PICTURES --out /tmp/none", "has no weights: neither pytorch_model.bin nor one file ending in ")]
    public async Task Run_Failure_MessageAndCode1(string line, string message)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Directory.GetFiles(Repository.Pictures)[0], folder.File("a.png"));

        var run = await CommandRun.Of(line.Replace("rank .", $"rank {folder.Path}").Replace("PICTURES", folder.Path).Split(' '));

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
