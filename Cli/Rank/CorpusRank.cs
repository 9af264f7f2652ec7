using System.CommandLine;
using System.Text.Json;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Corpora;
using Spectre.Console;

namespace MplugCluster.Cli.Rank;

/// <summary><c>mplug rank</c> over a corpus: its items in the order of how well they match one query.</summary>
static class CorpusRank
{
    internal static readonly Option<string?> Filter = new("--filter")
    {
        Description = "With a corpus: condition on its items' metadata, as {\"year\": {\"gte\": 2010}}.",
        HelpName = "json",
    };

    internal static readonly Option<string?> Kind = Kinds();

    /// <summary>Whether a target can only be a corpus. A path can be none: whoever wrote one misses a folder.</summary>
    /// <exception cref="UsageException">It is a path, and there is no such folder.</exception>
    public static bool IsMeant(string target) => !Directory.Exists(target)
        && (target.Contains('/') || target.Contains('\\') ? throw PictureFolder.Missing(target) : true);

    /// <summary>Whether a folder has the name of a corpus.</summary>
    public static async Task<bool> IsAlso(string folder, MplugClient client, CancellationToken cancellation) =>
        CorpusName.IsValid(folder) && folder is not ("." or "..") && await client.FindCorpus(folder, cancellation) is not null;

    /// <summary>Ranks.</summary>
    /// <param name="parsed">The command line; its numbers have been looked at.</param>
    /// <param name="corpus">The corpus.</param>
    /// <param name="query">The query as the server gets it, once there is one.</param>
    /// <param name="show">Shows results in another way too, once they are there.</param>
    /// <param name="terminal">Where to tell of it.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<int> Run(
        ParseResult parsed,
        string corpus,
        Func<ClusterConnection, Task<SearchRequest>> query,
        Func<MplugClient, IReadOnlyList<SearchResult>, Task> show,
        CommandTerminal terminal,
        CancellationToken cancellation)
    {
        var filter = Parse(parsed.GetValue(Filter));
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var there = await cluster.Client.FindCorpus(corpus, cancellation) ?? throw new UsageException($"There is neither a folder nor a corpus '{corpus}'.");
        var request = await query(cluster) with { Kind = parsed.GetValue(Kind), Filter = filter, Convention = parsed.GetValue(CommonFlags.Convention) };
        var found = await cluster.Client.Search(corpus, request, cancellation);
        await show(cluster.Client, found.Results);
        if (terminal.Json)
        {
            terminal.WriteJson(new { corpus, pictures = there.Pictures, texts = there.Texts, found.Results, found.Candidates, found.Reranked, found.Features, found.TimingsMs });
            return ExitCodes.Ok;
        }

        terminal.Out.Write(TableOf(found));
        terminal.Note(
            $"{Counted.Of(there.Pictures, "picture")} and {Counted.Of(there.Texts, "text")}, {found.Reranked} of {Counted.Of(found.Candidates, "candidate")} reranked, {found.TimingsMs.Total:0} ms");
        if (found.Reranked < found.Candidates)
            terminal.Warn("The time was not enough to rerank all candidates: the rest follow by ITC similarity. Ask for fewer with --candidates.");
        return ExitCodes.Ok;
    }

    static Table TableOf(SearchResponse found)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("rank").RightAligned()).AddColumn("item").AddColumn("text")
            .AddColumn(new TableColumn("ITC similarity").RightAligned()).AddColumn(new TableColumn("ITM probability").RightAligned());
        foreach (var result in found.Results)
        {
            table.AddRow(
                FormattableString.Invariant($"{result.Rank}"),
                Markup.Escape(result.Id),
                Markup.Escape(result.Text ?? ""),
                FormattableString.Invariant($"{result.ItcSimilarity:0.0000}"),
                result.ItmProbability is { } probability ? FormattableString.Invariant($"{probability:0.0000}") : "-");
        }

        return table;
    }

    static JsonElement? Parse(string? filter)
    {
        try
        {
            return filter is null ? null : JsonSerializer.Deserialize<JsonElement>(filter);
        }
        catch (JsonException e)
        {
            throw new UsageException($"--filter is not JSON: {ApiJson.ReasonOf(e)}");
        }
    }

    static Option<string?> Kinds()
    {
        var option = new Option<string?>("--kind")
        {
            Description = "With a corpus: the kind of items to rank. Default: the other kind than the query's, where the corpus has it.",
        };
        option.AcceptOnlyFromAmong("picture", "text");
        return option;
    }
}
