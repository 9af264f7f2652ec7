using System.CommandLine;
using System.Text.Json;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using Spectre.Console;

namespace MplugCluster.Cli.Explain;

/// <summary><c>mplug explain</c>: what each word of a text looks at in a picture.</summary>
static class ExplainVerb
{
    static readonly Option<string> Image = new("--image") { Description = "The picture.", HelpName = "file", Required = true };

    static readonly Option<string> Text = new("--text") { Description = "The text.", HelpName = "text", Required = true };

    static readonly Option<int?> Layer = new("--layer") { Description = "Fusion layer, counted from 0. Default: the middle one.", HelpName = "N" };

    static readonly Option<bool> Pieces = new("--pieces") { Description = "Show every token as the model reads it instead of whole words." };

    static readonly Option<string?> Html = new("--html") { Description = "Also write the heat maps as a page.", HelpName = "out.html" };

    static readonly Option<string?> Out = new("--out") { Description = "Also write the numbers as JSON.", HelpName = "out.json" };

    public static Command Create() => new Command("explain", "Show what each word of a text looks at in a picture")
    {
        Image, Text, Layer, Pieces, Html, Out,
    }.WithCluster().Example("mplug explain --image beach.jpg --text \"a dog on a beach\" --html beach.html").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (image, text) = (parsed.GetRequiredValue(Image), parsed.GetRequiredValue(Text));
        if (string.IsNullOrWhiteSpace(text))
            throw new UsageException("--text is empty; it needs at least one word.");
        var (page, file) = (parsed.GetValue(Html), parsed.GetValue(Out));
        InputPath.File(image, "picture");
        foreach (var target in new[] { page, file }.OfType<string>())
            OutputPath.File(target);
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var (picture, error) = await new PictureUploads(cluster.Client, mayInline: true).Upload(image, cancellation);
        if (error is not null)
        {
            terminal.Warn($"{image}: {error.Code}: {error.Message}");
            return ExitCodes.Failed;
        }

        var convention = parsed.GetValue(CommonFlags.Convention);
        var query = new ExplanationQuery
        {
            Image = picture,
            Text = text,
            Layer = parsed.GetValue(Layer),
            Pieces = parsed.GetValue(Pieces),
            Convention = convention,
        };
        var found = await terminal.Wait("Looking", () => cluster.Client.Explain(query, cancellation));
        convention ??= page is null ? null : (await cluster.Client.Model(cancellation)).Convention;
        if (file is not null)
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(found, ApiJson.Options) + "\n", cancellation);
        if (page is not null)
            await HeatMapPage.Write(page, image, text, convention, found, cancellation);
        Report(terminal, found);
        foreach (var written in new[] { file, page }.OfType<string>())
            terminal.Note($"Written: {written}");
        return ExitCodes.Ok;
    }

    static void Report(CommandTerminal terminal, ExplanationResponse found)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(found);
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("word").AddColumn("looks most at").AddColumn(new TableColumn("share there").RightAligned());
        foreach (var token in found.Tokens)
        {
            var most = token.Attention.Index().MaxBy(share => share.Item);
            var (row, column) = (most.Index / found.Grid[1], most.Index % found.Grid[1]);
            table.AddRow(
                Markup.Escape(token.Token),
                FormattableString.Invariant($"row {row + 1} of {found.Grid[0]}, column {column + 1} of {found.Grid[1]}"),
                FormattableString.Invariant($"{most.Item * 100:0.0} %"));
        }

        terminal.Out.Write(table);
        terminal.Line(FormattableString.Invariant(
            $"ITM probability {found.ItmProbability:0.0000}, ITM logit {found.ItmLogit:0.000}; fusion layer {found.Layer} of 0 to {found.Layers - 1}"));
    }
}
