using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Index;

/// <summary><c>mplug index</c>: fills a corpus from a folder, a container, an archive or a manifest.</summary>
static class IndexVerb
{
    static readonly Argument<string> Source = new("source")
    {
        Description = "A folder of pictures, a .tar, .jsonl, .csv or .parquet file, or azure:container/prefix.",
    };

    static readonly Option<string> Corpus = new("--corpus") { Description = "The corpus to fill; made if it is not there.", HelpName = "name", Required = true };

    static readonly Option<string?> Kind = Kinds();

    static readonly Option<string?> Pictures = new("--pictures")
    {
        Description = "For manifests: what the pictures' paths in it are relative to, a folder or azure:container/prefix. Default: the manifest's own.",
        HelpName = "base",
    };

    static readonly Option<bool> DeleteMissing = new("--delete-missing")
    {
        Description = "Also remove items that came from this source before and are there no more.",
    };

    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only list the source: say what would be indexed, and start nothing." };

    static readonly Option<bool> Detach = new("--detach") { Description = "Do not wait for the job." };

    public static Command Create() => new Command("index", "Fill a corpus from a folder, a container, an archive or a manifest")
    {
        Source, Corpus, Kind, Pictures, DeleteMissing, DryRun, Detach, CommonFlags.Strict,
    }.WithCluster().Example("mplug index ~/Pictures --corpus holidays", "mplug index pictures.csv --corpus shop --delete-missing").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(DryRun) && parsed.GetValue(Detach))
            throw new UsageException("--dry-run and --detach exclude each other.");
        var corpus = parsed.GetRequiredValue(Corpus);
        var ingest = new IngestRequest(SourceArgument.Of(
            parsed.GetRequiredValue(Source), parsed.GetValue(Kind), parsed.GetValue(Pictures), parsed.GetValue(CommonFlags.Server) is not null))
        {
            DeleteMissing = parsed.GetValue(DeleteMissing),
            Convention = parsed.GetValue(CommonFlags.Convention),
        };
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        if (parsed.GetValue(DryRun))
            return Preview(await cluster.Client.PreviewIngest(corpus, ingest, cancellation), terminal);
        var watch = new JobWatch(cluster, terminal);
        var job = await cluster.Client.Ingest(corpus, ingest, cancellation: cancellation);
        if (parsed.GetValue(Detach))
        {
            if (terminal.Json)
                terminal.WriteJson(job);
            else
                terminal.Note(watch.GoesOn(job));
            return ExitCodes.Ok;
        }

        job = await watch.Wait(job, cancellation);
        var filled = await cluster.Client.FindCorpus(corpus, cancellation);
        if (terminal.Json)
            terminal.WriteJson(new { job, corpus = filled });
        else
            terminal.Note($"Corpus '{corpus}': {Counted.Of(filled?.Pictures ?? 0, "picture")}, {Counted.Of(filled?.Texts ?? 0, "text")}; {Counted.Of(job.Features.ImagesEncoded, "picture")} encoded");
        return await watch.Report(job, parsed.GetValue(CommonFlags.Strict), cancellation);
    }

    static int Preview(IngestPreviewInfo preview, CommandTerminal terminal)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(preview);
            return ExitCodes.Ok;
        }

        terminal.Line($"{Counted.Of(preview.Pictures, "picture")}, {Counted.Of(preview.Texts, "text")} would be indexed.");
        foreach (var picture in preview.FirstPictures)
            terminal.Line($"  {picture}");
        if (preview.Ignored.Count > 0)
            terminal.Line($"Passed over: {string.Join(", ", preview.Ignored.Select(kind => $"{kind.Value} {(kind.Key.Length > 0 ? kind.Key : "without extension")}"))}");
        if (preview.Rejected.Count > 0)
            terminal.Line($"Not usable: {string.Join(", ", preview.Rejected.Select(code => $"{code.Value} {code.Key}"))}");
        foreach (var fault in preview.FirstRejected)
            terminal.Warn($"{fault.Item}: {fault.Code}: {fault.Reason}");
        return ExitCodes.Ok;
    }

    static Option<string?> Kinds()
    {
        var option = new Option<string?>("--kind") { Description = "What the source is. Default: as its name says." };
        option.AcceptOnlyFromAmong("folder", "tar", "jsonl", "csv", "parquet", "container");
        return option;
    }
}
