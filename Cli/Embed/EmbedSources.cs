using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Pictures;

namespace MplugCluster.Cli.Embed;

/// <summary>What the command line names, as rows: pictures by their paths, texts by their numbers, rows of tables by their ids.</summary>
static class EmbedSources
{
    /// <summary>Reads everything, in the order of the command line, texts first.</summary>
    /// <exception cref="UsageException">There is no such file, or it is of no kind that can be embedded.</exception>
    /// <exception cref="InvalidDataException">A file is not what its name says.</exception>
    public static async Task<IReadOnlyList<EmbedRow>> Read(IReadOnlyList<string> sources, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        List<EmbedRow> rows = [.. Numbered(texts)];
        foreach (var source in sources)
        {
            if (Directory.Exists(source))
                rows.AddRange(OfFolder(source));
            else if (!File.Exists(source))
                throw new UsageException($"There is no file or folder '{source}'.");
            else if (PictureFolder.IsPicture(source))
                rows.Add(new EmbedRow(InputPath.File(source, "picture"), null, source));
            else
                rows.AddRange(await OfFile(InputPath.File(source), cancellation));
        }

        return rows.Count > 0 ? rows : throw new UsageException($"There is nothing to embed in {string.Join(", ", sources.Select(source => $"'{source}'"))}.");
    }

    static IEnumerable<EmbedRow> OfFolder(string folder)
    {
        var files = PictureFolder.Scan(folder);
        return files.Count > 0
            ? files.Select(file => new EmbedRow(file.Id, null, file.Path))
            : throw new UsageException($"'{folder}' holds no pictures (.jpg, .jpeg, .png, .webp, .gif, .bmp).");
    }

    static async Task<IEnumerable<EmbedRow>> OfFile(string path, CancellationToken cancellation) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".txt" => Numbered(await File.ReadAllLinesAsync(path, cancellation)).Where(row => !string.IsNullOrWhiteSpace(row.Text)),
        ".jsonl" or ".csv" or ".parquet" => await EmbedTable.Read(path, cancellation),
        _ => throw new UsageException($"'{path}' is neither a picture nor a .txt, .jsonl, .csv or .parquet file."),
    };

    static IEnumerable<EmbedRow> Numbered(IEnumerable<string> texts) =>
        texts.Select((text, i) => new EmbedRow((i + 1).ToString(CultureInfo.InvariantCulture), text, null));
}
