using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Evaluation;
using Spectre.Console;

namespace MplugCluster.Cli.Eval;

/// <summary><c>mplug eval</c>: Recall@K as the reference's evaluation computes it.</summary>
static class EvalVerb
{
    static readonly Argument<string> Annotations = new("annotations")
    {
        Description = "JSON list of {\"image\": path, \"caption\": text or list of texts}.",
    };

    static readonly Option<string> Images = new("--images") { Description = "What the pictures' paths are relative to.", HelpName = "root", Required = true };

    static readonly Option<int?> KTest = new("--k-test")
    {
        Description = "Candidates in each direction that are reranked. Default: the package's (published: 256).",
    };

    public static Command Create() => new Command("eval", "Recall@1, 5 and 10 of a set of pictures and captions, in both directions")
    {
        Annotations, Images, KTest,
    }.WithCluster().Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (path, root, k) = (parsed.GetRequiredValue(Annotations), parsed.GetRequiredValue(Images), parsed.GetValue(KTest));
        if (!File.Exists(path))
            throw new UsageException($"There is no file '{path}'.");
        if (!Directory.Exists(root))
            throw new UsageException($"There is no folder '{root}'.");
        if (k < 1)
            throw new UsageException($"--k-test is {k}; it must be at least 1.");
        var annotations = RetrievalAnnotations.Load(path);
        var largest = Math.Max(annotations.Images.Count, annotations.Captions.Count);
        if (k > largest)
            terminal.Warn($"--k-test {k} is more than the set has ({annotations.Images.Count} pictures, {annotations.Captions.Count} captions): all are reranked.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var evaluation = new ClusterEvaluation(cluster.Client, annotations, root, parsed.GetValue(CommonFlags.Convention));
        await terminal.Progress("Encoding", annotations.Images.Count + annotations.Captions.Count, bar => evaluation.Encode(bar, cancellation));
        var plan = evaluation.Plan(Math.Min(k ?? (await cluster.Client.Model(cancellation)).Candidates, largest));
        await terminal.Progress("Scoring pairs", plan.Pairs.Sum(texts => texts.Length), bar => evaluation.Score(plan, bar, cancellation));
        var metrics = plan.Reranked();
        if (terminal.Json)
            terminal.WriteJson(metrics);
        else
            terminal.Out.Write(TableOf(metrics));
        terminal.Note($"{annotations.Images.Count} pictures ({evaluation.Features.ImagesEncoded} encoded), {annotations.Captions.Count} captions, "
            + $"{plan.Pairs.Sum(texts => texts.Length)} pairs scored");
        return ExitCodes.Ok;
    }

    static Table TableOf(RecallMetrics metrics)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn("R@1").AddColumn("R@5").AddColumn("R@10").AddColumn("mean");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        Row("captions of a picture", metrics.TextRecall1, metrics.TextRecall5, metrics.TextRecall10, metrics.TextMean);
        Row("picture of a caption", metrics.ImageRecall1, metrics.ImageRecall5, metrics.ImageRecall10, metrics.ImageMean);
        table.AddRow("both", "", "", "", FormattableString.Invariant($"{metrics.Mean:0.00}"));
        return table;

        void Row(string name, params double[] values) =>
            table.AddRow([name, .. values.Select(value => FormattableString.Invariant($"{value:0.00}"))]);
    }
}
