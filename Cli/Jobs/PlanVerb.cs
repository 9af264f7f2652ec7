using System.CommandLine;
using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Jobs.Planning;
using Spectre.Console;

namespace MplugCluster.Cli.Jobs;

/// <summary><c>mplug plan</c>: what ranking a corpus would cost.</summary>
static class PlanVerb
{
    static readonly Argument<string> Corpus = new("corpus") { Description = "The corpus that would be ranked." };

    static readonly Option<long> Queries = new("--queries") { Description = "How many queries.", HelpName = "N", Required = true };

    static readonly Option<int?> Candidates = new("--candidates")
    {
        Description = "Candidates of each that are reranked. Default: the package's (published: 256).",
        HelpName = "K",
    };

    static readonly Option<int?> Top = new("--top") { Description = "Results of each. Default: 10.", HelpName = "N" };

    public static Command Create() => new Command("plan", "Estimate what ranking a corpus would take, and start nothing")
    {
        Corpus, Queries, Candidates, Top,
    }.WithConnection().Example("mplug plan holidays --queries 10000").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var queries = parsed.GetRequiredValue(Queries);
        if (queries < 1)
            throw new UsageException($"--queries is {queries}; it must be at least 1.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var estimate = await cluster.Client.Plan(
            new JobRequest
            {
                Kind = "rank",
                Corpus = parsed.GetRequiredValue(Corpus),
                Queries = JobQueries.Of(queries),
                Candidates = parsed.GetValue(Candidates),
                Top = parsed.GetValue(Top),
            },
            cancellation);
        if (terminal.Json)
        {
            terminal.WriteJson(estimate);
            return ExitCodes.Ok;
        }

        terminal.Out.Write(TableOf(estimate));
        foreach (var note in estimate.Notes)
            terminal.Note($"Note: {note}.");
        return ExitCodes.Ok;
    }

    static Table TableOf(JobEstimate estimate)
    {
        var table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned());
        Row("queries", $"{estimate.Items:0}");
        Row("pairs to score", $"{estimate.Pairs:0}");
        Row("distinct pictures, expected", $"{estimate.DistinctPictures:0}");
        Row("texts per picture", $"{estimate.TextsPerPicture:0.#}");
        Row("their tokens", Bytes(estimate.TokenBytes));
        Row("pictures to encode", $"{estimate.PicturesToEncode:0}");
        Row("encoding", Time(estimate.EncodeSeconds));
        Row("scoring pairs", Time(estimate.ItmSeconds));
        Row($"all of it on the devices of now ({estimate.Devices})", Time(estimate.Hours * 3600));
        Row("memory for it, in all silos", Bytes(estimate.MemoryBytes));
        return table;

        void Row(string name, FormattableString value) => table.AddRow(Markup.Escape(name), Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    static FormattableString Bytes(long bytes) => bytes < 1_000_000_000 ? (FormattableString)$"{bytes / 1e6:0.#} MB" : $"{bytes / 1e9:0.#} GB";

    static FormattableString Time(double? seconds) => seconds is { } known ? (FormattableString)$"{JobWatch.Span(known)}" : $"unknown";
}
