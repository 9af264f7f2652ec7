using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Score;

/// <summary><c>mplug score</c>: how well pictures and texts match.</summary>
static class ScoreVerb
{
    static readonly Option<string?> Image = new("--image") { Description = "A picture.", HelpName = "file" };

    static readonly Option<string?> Text = new("--text") { Description = "A text.", HelpName = "text" };

    static readonly Option<string?> Pairs = new("--pairs")
    {
        Description = "Pairs to score, one {\"image\": path, \"text\": text} a line, or a .csv or .parquet file with such columns; paths are relative to the file.",
        HelpName = "file",
    };

    static readonly Option<string?> Out = new("--out")
    {
        Description = "With --pairs: where the scores go, as .jsonl, .csv or .parquet. Default, for lines: stdout.",
        HelpName = "file",
    };

    static readonly Option<double?> MinProbability = new("--min-probability")
    {
        Description = "With --pairs: leave out pairs below this ITM probability, 0 to 1.",
        HelpName = "P",
    };

    public static Command Create() => new Command("score", "Score a picture against a text, or a file of such pairs")
    {
        Image, Text, Pairs, Out, MinProbability, CommonFlags.MaxHours, CommonFlags.Yes, CommonFlags.Strict,
    }.WithCluster().Example("mplug score --image dog.jpg --text \"a dog\"", "mplug score --pairs pairs.jsonl --out scores.jsonl").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (image, text, pairs) = (parsed.GetValue(Image), parsed.GetValue(Text), parsed.GetValue(Pairs));
        if (pairs is null ? image is null || text is null : image is not null || text is not null)
            throw new UsageException("score takes either --image and --text, or --pairs.");
        if (pairs is null && parsed.GetValue(Out) is not null)
            throw new UsageException("--out belongs to --pairs.");
        if (pairs is null && parsed.GetValue(MinProbability) is not null)
            throw new UsageException("--min-probability belongs to --pairs.");
        if (parsed.GetValue(MinProbability) is not null and not (>= 0 and <= 1))
            throw new UsageException(FormattableString.Invariant($"--min-probability is {parsed.GetValue(MinProbability)}; 0 to 1 are allowed."));
        if (image is not null)
            InputPath.File(image, "picture");
        if (pairs is not null)
            InputPath.File(pairs);
        if (pairs is not null && IsJob(parsed, pairs))
            return await RunJob(parsed, pairs, terminal, cancellation);
        if (terminal.Json && pairs is not null && parsed.GetValue(Out) is null)
            throw new UsageException("--json with --pairs needs --out: stdout cannot hold both the lines and the summary.");
        if (parsed.GetValue(Out) is { } target)
            OutputPath.File(target);
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var convention = parsed.GetValue(CommonFlags.Convention);
        return pairs is null
            ? await ScoreOne(image!, text!, convention, cluster, terminal, cancellation)
            : await ScoreFile(parsed, pairs, convention, cluster, terminal, cancellation);
    }

    /// <summary>Lines in, lines out go through as they come; anything else is a job.</summary>
    static bool IsJob(ParseResult parsed, string pairs) =>
        parsed.GetValue(MinProbability) is not null
        || Path.GetExtension(pairs).ToLowerInvariant() is ".csv" or ".parquet"
        || (parsed.GetValue(Out) is { } target && Path.GetExtension(target).ToLowerInvariant() is ".csv" or ".parquet");

    static Task<int> RunJob(ParseResult parsed, string pairs, CommandTerminal terminal, CancellationToken cancellation)
    {
        var target = parsed.GetValue(Out) ?? throw new UsageException("Tables and --min-probability need --out: where the scores go.");
        var file = ResultFile.Of(target, null);
        return file.Format != "trec"
            ? ScoreJob.Run(parsed, pairs, file, parsed.GetValue(MinProbability), terminal, cancellation)
            : throw new UsageException("Scores are no ranking: --out must be .jsonl, .csv or .parquet.");
    }

    static async Task<int> ScoreOne(
        string image, string text, string? convention, ClusterConnection cluster, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (picture, error) = await new PictureUploads(cluster.Client, mayInline: true).Upload(image, cancellation);
        if (error is not null)
        {
            terminal.Warn($"{image}: {error.Code}: {error.Message}");
            return ExitCodes.Failed;
        }

        var scored = await cluster.Client.Score(
            new RetrievalRequest { Image = picture!, Text = text, Convention = convention }, cancellation);
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                image,
                text,
                scores = scored.Scores,
                itm_logit = scored.ItmLogit,
                itm_probability = scored.Scores![1],
                itc_similarity = scored.ItcSimilarity,
            });
        }
        else
        {
            terminal.Line(FormattableString.Invariant(
                $"ITM probability {scored.Scores![1]:0.0000}, ITM logit {scored.ItmLogit:0.000}, ITC similarity {scored.ItcSimilarity:0.0000}"));
        }

        return ExitCodes.Ok;
    }

    static async Task<int> ScoreFile(
        ParseResult parsed, string pairs, string? convention, ClusterConnection cluster, CommandTerminal terminal, CancellationToken cancellation)
    {
        var target = parsed.GetValue(Out);
        var file = new PairFile(cluster.Client, Path.GetDirectoryName(Path.GetFullPath(pairs))!, convention);
        var lines = await File.ReadAllLinesAsync(pairs, cancellation);
        await terminal.Progress("Scoring pairs", lines.Length, async bar =>
        {
            await using var written = target is null ? null : new StreamWriter(target);
            await file.Score(lines, written ?? parsed.InvocationConfiguration.Output, bar, cancellation);
        });
        if (terminal.Json)
            terminal.WriteJson(new { pairs = lines.Length, scored = file.Scored, failed = file.Failed, images_encoded = file.Features.ImagesEncoded });
        else
            terminal.Note($"{Counted.Of(file.Scored, "pair")} scored, {file.Failed} failed, {Counted.Of(file.Features.ImagesEncoded, "picture")} encoded");
        return ExitCodes.OfItems(file.Scored, file.Failed, parsed.GetValue(CommonFlags.Strict));
    }
}
