using System.CommandLine;
using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Model.Evaluation;
using Spectre.Console;

namespace MplugCluster.Cli.Eval;

/// <summary><c>mplug eval</c>: Recall@K as the reference's evaluation computes it.</summary>
static class EvalVerb
{
    static readonly string[] Recalls = ["r1", "r5", "r10", "r_mean"];

    static readonly (string Metric, string Heading, int Digits)[] Names =
        [("r1", "R@1", 2), ("r5", "R@5", 2), ("r10", "R@10", 2), ("r_mean", "mean", 2), ("mrr", "MRR", 4), ("ndcg10", "NDCG@10", 4)];

    static readonly Argument<string> Annotations = new("annotations")
    {
        Description = "Pictures and captions: the reference's .json, a Karpathy split file, .jsonl, or MsDataset's .csv.",
    };

    static readonly Option<string> Split = new("--split")
    {
        Description = "Split of a Karpathy file.",
        DefaultValueFactory = _ => RetrievalAnnotations.TestSplit,
        HelpName = "name",
    };

    static readonly Option<string> Images = new("--images") { Description = "What the pictures' paths are relative to.", HelpName = "root", Required = true };

    static readonly Option<int?> KTest = new("--k-test")
    {
        Description = "Candidates in each direction that are reranked. Default: the package's (published: 256).",
    };

    public static Command Create() => new Command("eval", "Recall@1, 5 and 10 of a set of pictures and captions, in both directions")
    {
        Annotations, Images, Split, KTest, CommonFlags.Strict, CommonFlags.MaxHours, CommonFlags.Yes,
    }.WithCluster().Example("mplug eval samples/annotations.json --images samples/pictures").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (path, root, k) = (parsed.GetRequiredValue(Annotations), parsed.GetRequiredValue(Images), parsed.GetValue(KTest));
        if (k < 1)
            throw new UsageException($"--k-test is {k}; it must be at least 1.");
        InputPath.File(path);
        InputPath.Folder(root);
        var annotations = await InputPath.Read(() => Task.FromResult(RetrievalAnnotations.Load(path, parsed.GetRequiredValue(Split))));
        var largest = Math.Max(annotations.Images.Count, annotations.Captions.Count);
        if (k > largest)
            terminal.Warn($"--k-test {k} is more than the set has ({Counted.Of(annotations.Images.Count, "picture")}, {Counted.Of(annotations.Captions.Count, "caption")}): all are reranked.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var evaluation = new EvaluationJob(cluster, annotations, root, terminal);
        var (job, metrics) = await evaluation.Run(
            new JobRequest
            {
                Candidates = Math.Min(k ?? (await cluster.Client.Model(cancellation)).Candidates, largest),
                Convention = parsed.GetValue(CommonFlags.Convention),
                MaxHours = parsed.GetValue(CommonFlags.MaxHours),
                Confirm = parsed.GetValue(CommonFlags.Yes),
            },
            cancellation);
        if (job is null)
            return ExitCodes.Failed;
        if (metrics.Count > 0)
            Write(metrics, job, terminal);
        return await evaluation.Report(job, parsed.GetValue(CommonFlags.Strict), cancellation);
    }

    static void Write(IReadOnlyList<EvaluationMetric> metrics, JobInfo job, CommandTerminal terminal)
    {
        if (terminal.Json)
            terminal.WriteJson(JsonOf(metrics, job));
        else
            terminal.Out.Write(TableOf(metrics));
        terminal.Note($"{Counted.Of(Of(metrics, "set", "pictures").Value, "picture")} ({job.Features.ImagesEncoded} encoded), "
            + $"{Counted.Of(Of(metrics, "set", "captions").Value, "caption")}, {Counted.Of(Of(metrics, "set", "pairs").Value, "pair")} scored");
    }

    static EvaluationMetric Of(IReadOnlyList<EvaluationMetric> metrics, string direction, string name) =>
        metrics.First(metric => metric.Direction == direction && metric.Metric == name);

    /// <summary>The reference's names first, then what it does not have.</summary>
    static Dictionary<string, object> JsonOf(IReadOnlyList<EvaluationMetric> metrics, JobInfo job)
    {
        var json = new Dictionary<string, object>();
        foreach (var direction in new[] { "txt", "img" })
        {
            foreach (var name in Recalls)
                json[$"{direction}_{name}"] = Of(metrics, direction, name).Value;
        }

        json["r_mean"] = Of(metrics, "both", "r_mean").Value;
        foreach (var metric in metrics.Where(metric => metric.Direction is "txt" or "img" && !Recalls.Contains(metric.Metric)))
            json[$"{metric.Direction}_{metric.Metric}"] = metric.Value;
        json["intervals"] = metrics.Where(metric => metric.Direction is "txt" or "img")
            .ToDictionary(metric => $"{metric.Direction}_{metric.Metric}", metric => new[] { metric.Low, metric.High });
        json["itc"] = metrics.Where(metric => metric.Direction is "txt_itc" or "img_itc")
            .ToDictionary(metric => $"{metric.Direction[..3]}_{metric.Metric}", metric => metric.Value);
        foreach (var metric in metrics.Where(metric => metric.Direction == "set"))
            json[metric.Metric] = (long)metric.Value;
        json["job"] = job.Id;
        return json;
    }

    static Table TableOf(IReadOnlyList<EvaluationMetric> metrics)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var name in Names)
            table.AddColumn(new TableColumn(name.Heading).RightAligned());
        Rows("captions of a picture", "txt");
        Rows("picture of a caption", "img");
        table.AddRow(["both", "", "", "", Text(Of(metrics, "both", "r_mean").Value, 2), "", ""]);
        return table;

        void Rows(string title, string direction)
        {
            var own = Names.Select(name => (Metric: Of(metrics, direction, name.Metric), name.Digits)).ToArray();
            var byItc = Names.Select(name => (Of(metrics, $"{direction}_itc", name.Metric).Value, name.Digits));
            table.AddRow([title, .. own.Select(cell => Text(cell.Metric.Value, cell.Digits))]);
            table.AddRow(["  95 % from", .. own.Select(cell => Text(cell.Metric.Low ?? 0, cell.Digits))]);
            table.AddRow(["  to", .. own.Select(cell => Text(cell.Metric.High ?? 0, cell.Digits))]);
            table.AddRow(["  by ITC alone", .. byItc.Select(cell => Text(cell.Value, cell.Digits))]);
        }

        static string Text(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }
}
