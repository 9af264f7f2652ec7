using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using Spectre.Console;

namespace MplugCluster.Cli.Corpora;

/// <summary><c>mplug corpora</c>: the corpora of a cluster.</summary>
static class CorporaVerb
{
    static readonly Argument<string> Name = new("name") { Description = "The corpus." };

    static readonly Option<string> From = new("--from") { Description = "The corpus whose content it takes over.", HelpName = "other", Required = true };

    public static Command Create() => new Command("corpora", "Corpora: list, show, delete, adopt")
    {
        new Command("list", "All corpora").WithConnection().Example("mplug corpora list").Does(List),
        new Command("show", "One corpus") { Name }.WithConnection().Example("mplug corpora show holidays").Does(Show),
        new Command("delete", "Delete a corpus") { Name }.WithConnection().Example("mplug corpora delete holidays").Does(Delete),
        new Command("adopt", "Let a corpus take over in one switch what another holds, its model included; the other stays")
        {
            Name, From,
        }.WithConnection().Example("mplug corpora adopt holidays --from holidays-new").Does(Adopt),
    }.WithConnection().Example("mplug corpora", "mplug corpora show holidays").Does(List);

    static async Task<int> List(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var (corpora, cursor) = (new List<CorpusInfo>(), (string?)null);
        do
        {
            var page = await cluster.Client.Corpora(cursor, cancellation);
            corpora.AddRange(page.Data);
            foreach (var fault in page.Faults)
                terminal.Warn($"{fault.Name}: {fault.Message}");
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        if (terminal.Json)
            terminal.WriteJson(new { corpora });
        else if (corpora.Count == 0)
            terminal.Note("There are no corpora.");
        else
            terminal.Out.Write(TableOf(corpora));
        return ExitCodes.Ok;
    }

    static async Task<int> Show(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var corpus = await cluster.Client.FindCorpus(parsed.GetRequiredValue(Name), cancellation);
        if (corpus is null)
        {
            terminal.Warn($"There is no corpus '{parsed.GetRequiredValue(Name)}'.");
            return ExitCodes.Failed;
        }

        Write(corpus, terminal);
        return ExitCodes.Ok;
    }

    static async Task<int> Delete(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        await cluster.Client.DeleteCorpus(parsed.GetRequiredValue(Name), cancellation);
        if (terminal.Json)
            terminal.WriteJson(new { deleted = parsed.GetRequiredValue(Name) });
        else
            terminal.Note($"Corpus '{parsed.GetRequiredValue(Name)}' is deleted.");
        return ExitCodes.Ok;
    }

    static async Task<int> Adopt(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        Write(await cluster.Client.Adopt(parsed.GetRequiredValue(Name), parsed.GetRequiredValue(From), cancellation), terminal);
        return ExitCodes.Ok;
    }

    static void Write(CorpusInfo corpus, CommandTerminal terminal)
    {
        if (terminal.Json)
            terminal.WriteJson(corpus);
        else
            terminal.Out.Write(TableOf([corpus]));
    }

    static Table TableOf(IEnumerable<CorpusInfo> corpora)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("corpus").AddColumn(new TableColumn("pictures").RightAligned())
            .AddColumn(new TableColumn("texts").RightAligned()).AddColumn(new TableColumn("shards").RightAligned())
            .AddColumn(new TableColumn("version").RightAligned()).AddColumn("convention").AddColumn("model");
        foreach (var corpus in corpora)
        {
            table.AddRow(
                Markup.Escape(corpus.Name),
                FormattableString.Invariant($"{corpus.Pictures}"),
                FormattableString.Invariant($"{corpus.Texts}"),
                FormattableString.Invariant($"{corpus.Shards}"),
                FormattableString.Invariant($"{corpus.Version}"),
                corpus.Convention,
                Markup.Escape(corpus.Fingerprint));
        }

        return table;
    }
}
