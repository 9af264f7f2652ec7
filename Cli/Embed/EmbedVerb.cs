using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;

namespace MplugCluster.Cli.Embed;

/// <summary><c>mplug embed</c>: embeddings of texts and pictures, or of a corpus, as a file.</summary>
static class EmbedVerb
{
    static readonly Argument<string[]> Sources = new("sources")
    {
        Description = "Pictures, folders of pictures, .txt files of texts, .jsonl, .csv or .parquet files with the columns text, image and id.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    static readonly Option<string[]> Text = new("--text") { Description = "A text; may be given several times.", HelpName = "text" };

    static readonly Option<string?> Corpus = new("--corpus") { Description = "Every item of a corpus, as the corpus holds it.", HelpName = "name" };

    static readonly Option<string?> Out = new("--out")
    {
        Description = "Where they go: .npy (with the ids beside it, as .ids.jsonl), .parquet or .jsonl. Default: lines of JSON on stdout.",
        HelpName = "file",
    };

    public static Command Create() => new Command("embed", "Write embeddings of texts, pictures or a corpus")
    {
        Sources, Text, Corpus, Out, CommonFlags.Strict,
    }.WithCluster().Example("mplug embed ~/Pictures --out pictures.npy", "mplug embed --text \"a dog\" --text \"a cat\"").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (sources, texts, corpus) = (parsed.GetValue(Sources) ?? [], parsed.GetValue(Text) ?? [], parsed.GetValue(Corpus));
        if (sources.Length + texts.Length > 0 == corpus is not null)
            throw new UsageException("embed takes either pictures, files and --text, or --corpus.");
        if (corpus is not null && parsed.GetValue(CommonFlags.Convention) is not null)
            throw new UsageException("A corpus has a convention of its own; leave --convention out.");
        var target = parsed.GetValue(Out);
        if (terminal.Json && target is null)
            throw new UsageException("--json needs --out: stdout cannot hold both the embeddings and the summary.");
        var open = EmbeddingFiles.Find(target, parsed.InvocationConfiguration.Output);
        var rows = corpus is null ? await InputPath.Read(() => EmbedSources.Read(sources, texts, cancellation)) : [];
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var work = new EmbeddingWork(cluster.Client, terminal, parsed.GetValue(CommonFlags.Convention));
        await using (var file = open())
        {
            if (corpus is null)
                await work.Embed(rows, file, cancellation);
            else
                await work.Export(corpus, file, cancellation);
            await file.Finish(cancellation);
        }

        if (terminal.Json)
            terminal.WriteJson(new { embedded = work.Written, failed = work.Failed, images_encoded = work.Features.ImagesEncoded, embeddings = target });
        else
            terminal.Note($"{Counted.Of(work.Written, "embedding")}{(target is null ? "" : $" in {target}")}, {work.Failed} failed, {Counted.Of(work.Features.ImagesEncoded, "picture")} encoded");
        return ExitCodes.OfItems(work.Written, work.Failed, parsed.GetValue(CommonFlags.Strict));
    }
}
