using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using Spectre.Console;

namespace MplugCluster.Cli.Rank;

/// <summary><c>mplug rank</c>: a folder's pictures in the order of how well they match; with many queries, a corpus's too.</summary>
static class RankVerb
{
    static readonly Argument<string> Folder = new("folder")
    {
        Description = "Folder of pictures, folders in it count too; or the name of a corpus.",
    };

    static readonly Option<string?> Text = new("--text") { Description = "Rank by how well a picture matches this text.", HelpName = "text" };

    static readonly Option<string?> Image = new("--image")
    {
        Description = "Rank by likeness to this picture (ITC similarity; ITM exists only between a picture and a text).",
        HelpName = "file",
    };

    static readonly Option<int> Top = new("--top") { Description = "Pictures to show.", DefaultValueFactory = _ => 10 };

    static readonly Option<int?> Candidates = new("--candidates")
    {
        Description = "Pictures, first by ITC similarity, that are reranked by ITM. Default: the package's (published: 256).",
    };

    static readonly Option<bool> NoRerank = new("--no-rerank") { Description = "Order by ITC similarity alone." };

    static readonly Option<string?> Html = new("--html")
    {
        Description = "Also write the pictures, in order, as a page; those of a corpus are small and in the page itself.",
        HelpName = "out.html",
    };

    public static Command Create() => new Command("rank", "Rank a folder of pictures, or a corpus, against a text, a picture or a file of queries")
    {
        Folder, Text, Image, RankJob.Queries, Top, Candidates, NoRerank, CorpusRank.Filter, CorpusRank.Kind, Html, RankJob.Out, JobResultsVerb.Format,
        CommonFlags.MaxHours, CommonFlags.Yes, CommonFlags.Strict,
    }.WithCluster().Example(
        "mplug rank ~/Pictures --text \"a dog on a beach\" --html out.html",
        "mplug rank holidays --text \"a dog\" --filter '{\"year\": {\"gte\": 2020}}'",
        "mplug rank holidays --queries queries.csv --out results.parquet").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (folder, text, image) = (parsed.GetRequiredValue(Folder), parsed.GetValue(Text), parsed.GetValue(Image));
        var queries = parsed.GetValue(RankJob.Queries);
        if (new[] { text, image, queries }.Count(query => query is not null) != 1)
            throw new UsageException("rank takes one of --text, --image and --queries.");
        if (text is not null && string.IsNullOrWhiteSpace(text))
            throw new UsageException("--text is empty; it needs at least one word.");
        if (parsed.GetValue(Top) is < 1 or > 1000)
            throw new UsageException($"--top is {parsed.GetValue(Top)}; 1 to 1000 are allowed.");
        if (parsed.GetValue(Candidates) is < 1 or > 10_000)
            throw new UsageException($"--candidates is {parsed.GetValue(Candidates)}; 1 to 10000 are allowed.");
        if (parsed.GetValue(NoRerank) && parsed.GetValue(Candidates) is not null)
            throw new UsageException("--no-rerank and --candidates exclude each other.");
        if (queries is not null)
        {
            ThrowIfAny(parsed, "a corpus and one query", CorpusRank.Filter, CorpusRank.Kind);
            return await RunJob(parsed, folder, terminal, cancellation);
        }

        ThrowIfAny(parsed, "--queries", RankJob.Out, JobResultsVerb.Format, CommonFlags.MaxHours, CommonFlags.Yes);
        if (parsed.GetValue(Html) is { } html)
            OutputPath.File(html);
        if (image is not null)
            InputPath.File(image, "picture");
        if (CorpusRank.IsMeant(folder))
        {
            ThrowIfAny(parsed, "folders", CommonFlags.Strict);
            return await CorpusRank.Run(
                parsed,
                folder,
                cluster => Query(parsed, text, image, cluster, cancellation),
                (cluster, found) => WriteSheet(parsed, async () => await new CorpusSheet(cluster, terminal).Entries(folder, found, cancellation), terminal, cancellation),
                terminal,
                cancellation);
        }

        ThrowIfAny(parsed, "a corpus", CorpusRank.Filter, CorpusRank.Kind);
        var files = PictureFolder.Scan(folder);
        if (files.Count == 0)
            throw new UsageException($"'{folder}' holds no pictures (.jpg, .jpeg, .png, .webp, .gif, .bmp).");

        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var index = new FolderIndex(cluster.Client, folder, parsed.GetValue(CommonFlags.Convention));
        await terminal.Progress("Indexing pictures", files.Count, bar => index.Update(files, bar, cancellation));
        foreach (var (picture, error) in index.Errors)
            terminal.Warn($"{picture}: {error.Code}: {error.Message}");
        if (index.Errors.Count == files.Count)
            return ExitCodes.Failed;

        if (await CorpusRank.IsAlso(folder, cluster.Client, cancellation))
            terminal.Warn($"'{folder}' is a folder here and a corpus too: this ranks the folder. From another directory it is the corpus.");
        var found = await cluster.Client.Search(index.Corpus, await Query(parsed, text, image, cluster, cancellation), cancellation);
        Report(terminal, folder, index, found);
        await WriteSheet(parsed, () => Task.FromResult(ContactSheet.OfFolder(parsed.GetValue(Html)!, folder, found.Results)), terminal, cancellation);
        return ExitCodes.OfItems(files.Count - index.Errors.Count, index.Errors.Count, parsed.GetValue(CommonFlags.Strict));
    }

    /// <summary>Writes the page, if one is wanted.</summary>
    static async Task WriteSheet(
        ParseResult parsed, Func<Task<IReadOnlyList<SheetEntry>>> entries, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(Html) is not { } page)
            return;
        await ContactSheet.Write(page, (parsed.GetValue(Text) ?? parsed.GetValue(Image))!, await entries(), cancellation);
        terminal.Note($"Contact sheet: {page}");
    }

    static void ThrowIfAny(ParseResult parsed, string owner, params Option[] options)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } stray)
            throw new UsageException($"{stray.Name} belongs to {owner}.");
    }

    static Task<int> RunJob(ParseResult parsed, string target, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(Html) is not null)
            throw new UsageException("--html belongs to --text and --image.");
        var options = new JobRequest
        {
            KindOfItems = "picture",
            Top = parsed.GetValue(Top),
            Candidates = parsed.GetValue(Candidates),
            Rerank = parsed.GetValue(NoRerank) ? false : null,
        };
        return RankJob.Run(parsed, options, target, terminal, cancellation);
    }

    static async Task<SearchRequest> Query(
        ParseResult parsed, string? text, string? image, ClusterConnection cluster, CancellationToken cancellation)
    {
        var (picture, error) = image is null ? default : await new PictureUploads(cluster.Client, mayInline: true).Upload(image, cancellation);
        if (error is not null)
            throw new InvalidDataException($"{image}: {error.Code}: {error.Message}");
        return new SearchRequest
        {
            Text = text,
            Image = picture,
            Kind = "picture",
            Top = parsed.GetValue(Top),
            Candidates = parsed.GetValue(Candidates),
            Rerank = parsed.GetValue(NoRerank) ? false : null,
            BudgetMs = 110_000,
        };
    }

    static void Report(CommandTerminal terminal, string folder, FolderIndex index, SearchResponse found)
    {
        var features = index.Features + found.Features;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                results = found.Results.Select(result => new
                {
                    rank = result.Rank,
                    picture = Path.Combine(folder, result.Id),
                    rank_itc = result.RankItc,
                    itc_similarity = result.ItcSimilarity,
                    itm_logit = result.ItmLogit,
                    itm_probability = result.ItmProbability,
                    error = result.Error,
                }),
                pictures = index.Pictures,
                candidates = found.Candidates,
                reranked = found.Reranked,
                images_encoded = features.ImagesEncoded,
                images_from_store = features.ImagesFromStore,
                images_from_memory = features.ImagesFromMemory,
                errors = index.Errors.Select(failed => new { picture = failed.Picture, error = failed.Error }),
                timings_ms = found.TimingsMs,
            });
            return;
        }

        terminal.Out.Write(TableOf(folder, found));
        terminal.Note(
            $"{Counted.Of(index.Pictures, "picture")} ({features.ImagesEncoded} encoded, {features.ImagesFromStore} from the store), "
            + $"{found.Reranked} of {Counted.Of(found.Candidates, "candidate")} reranked, {found.TimingsMs.Total:0} ms");
        if (found.Reranked < found.Candidates)
            terminal.Warn("The time was not enough to rerank all candidates: the rest follow by ITC similarity. Ask for fewer with --candidates.");
    }

    static Table TableOf(string folder, SearchResponse found)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("rank").RightAligned()).AddColumn("picture")
            .AddColumn(new TableColumn("ITC similarity").RightAligned()).AddColumn(new TableColumn("ITM probability").RightAligned());
        foreach (var result in found.Results)
        {
            table.AddRow(
                FormattableString.Invariant($"{result.Rank}"),
                Markup.Escape(Path.Combine(folder, result.Id)),
                FormattableString.Invariant($"{result.ItcSimilarity:0.0000}"),
                result.ItmProbability is { } probability ? FormattableString.Invariant($"{probability:0.0000}") : "-");
        }

        return table;
    }
}
