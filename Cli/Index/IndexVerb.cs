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
        Description = "A folder of pictures, a .tar, .jsonl, .csv or .parquet file. What the server has to read itself: folder:/path, azure:container/prefix.",
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

    static readonly Option<string?> SourceName = new("--source-name")
    {
        Description = "With --server: by which later runs are known to be of the same source, for --delete-missing. Default: this machine's name and the path.",
        HelpName = "name",
    };

    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only list the source: say what would be indexed, and start nothing." };

    static readonly Option<bool> Detach = new("--detach") { Description = "Do not wait for the job." };

    public static Command Create() => new Command("index", "Fill a corpus from a folder, a container, an archive or a manifest")
    {
        Source, Corpus, Kind, Pictures, DeleteMissing, SourceName, DryRun, Detach, CommonFlags.Strict,
    }.WithCluster().Example("mplug index ~/Pictures --corpus holidays", "mplug index pictures.csv --corpus shop --delete-missing").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(DryRun) && parsed.GetValue(Detach))
            throw new UsageException("--dry-run and --detach exclude each other.");
        var corpus = parsed.GetRequiredValue(Corpus);
        var (pictures, name) = (parsed.GetValue(Pictures), parsed.GetValue(SourceName));
        var hasServer = parsed.GetValue(CommonFlags.Server) is not null;
        var named = SourceArgument.Of(parsed.GetRequiredValue(Source), parsed.GetValue(Kind), pictures, hasServer);
        if (hasServer)
            SourceArgument.CheckOnOneSide(named, pictures);
        if (name is not null && !(hasServer && named.IsHere))
            throw new UsageException("--source-name belongs to what is sent to a --server; other sources have their address.");
        if (name is "" || name?.Any(char.IsControl) == true)
            throw new UsageException("--source-name is empty, or has control characters.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var upload = hasServer && named.IsHere ? new SourceUpload(cluster.Client, named.Source, name) : null;
        if (parsed.GetValue(DryRun))
        {
            return Preview(
                upload is null ? await cluster.Client.PreviewIngest(corpus, new IngestRequest(named.Source), cancellation)
                    : IngestPreviewInfo.Of(await upload.Summarize(cancellation)),
                terminal);
        }

        var ingest = new IngestRequest(upload is null ? named.Source : await Send(upload, corpus, terminal, cancellation))
        {
            DeleteMissing = parsed.GetValue(DeleteMissing),
            Convention = parsed.GetValue(CommonFlags.Convention),
        };
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

    static async Task<IngestSource> Send(SourceUpload upload, string corpus, CommandTerminal terminal, CancellationToken cancellation)
    {
        var found = await terminal.Wait("Listing", () => upload.Summarize(cancellation));
        IngestSource? source = null;
        await terminal.Progress(
            "Sending pictures",
            found.Pictures + found.Texts + found.Rejected.Values.Sum(),
            async bar => source = await upload.Send(corpus, bar, cancellation));
        terminal.Note($"{upload.Sent} of {Counted.Of(found.Pictures, "picture")} sent.");
        return source!;
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
