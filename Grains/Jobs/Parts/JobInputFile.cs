using System.Runtime.CompilerServices;
using System.Text.Json;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Evaluation;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>
/// A file of queries, pairs or annotations. Lines that are none become items with an error, so that the error report names them; a file that
/// is none at all is an exception.
/// </summary>
sealed class JobInputFile(JobInput input, SourceCatalog sources)
{
    /// <summary>Queries: a text or a picture a line.</summary>
    /// <param name="kind"><c>text</c> or <c>picture</c>.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async IAsyncEnumerable<JobQuery> Queries(string kind, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in Rows(cancellation))
        {
            var id = row.Id ?? row.Place;
            var (picture, _) = PictureOf(row);
            var fault = row.Fault ?? (kind == "text" ? row.Text is null ? "it has no 'text'." : null : picture is null ? "it has no 'image'." : null);
            yield return new JobQuery(id, row.Text, picture, fault is null ? null : Broken(row, fault));
        }
    }

    /// <summary>Pairs: a picture and a text a line.</summary>
    public async IAsyncEnumerable<JobPair> Pairs([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in Rows(cancellation))
        {
            var (picture, name) = PictureOf(row);
            var text = row.Text ?? row.Caption;
            var fault = row.Fault ?? (picture is null ? "it has no 'image'." : text is null ? "it has no 'text'." : null);
            yield return new JobPair(row.Id ?? row.Place, name, picture, text, fault is null ? null : Broken(row, fault));
        }
    }

    /// <summary>Pictures with their captions; of a Karpathy file the split <c>test</c>.</summary>
    public async IAsyncEnumerable<AnnotatedPicture> Annotations([EnumeratorCancellation] CancellationToken cancellation)
    {
        var content = await sources.Open(input.Source).ReadRange(input.Path, 0, -1, cancellation) ?? throw Missing();
        var annotations = RetrievalAnnotations.Parse(input.Path, input.Format, content);
        for (var picture = 0; picture < annotations.Images.Count; picture++)
        {
            var path = annotations.Images[picture];
            yield return new AnnotatedPicture(
                path,
                new PictureReference(path, "", Source: input.Pictures),
                [.. annotations.CaptionsOfImage[picture].Select(caption => annotations.Captions[caption])],
                ObjectPath.SourceFault(path) is { } fault
                    ? new ItemError("invalid", $"Picture {picture + 1} of '{input.Path}': '{path}' is not a path below {SourceNames.Of(input.Pictures)}: {fault}.")
                    : null);
        }
    }

    async IAsyncEnumerable<ManifestRow> Rows([EnumeratorCancellation] CancellationToken cancellation)
    {
        var source = sources.Open(input.Source);
        var info = await source.Head(input.Path, cancellation) ?? throw Missing();
        await using var stream = new SourceStream(source, info, cancellation);
        var rows = input.Format switch
        {
            "jsonl" => JsonlManifest.Read(stream, input.Path, cancellation),
            "csv" => CsvManifest.Read(stream, input.Path, cancellation),
            "parquet" => ParquetManifest.Read(stream, input.Path, cancellation),
            "txt" => Lines(stream, cancellation),
            _ => throw new InvalidDataException($"'{input.Format}' is not a format of queries or pairs; jsonl, csv, parquet and txt are."),
        };
        await foreach (var row in rows)
            yield return row;
    }

    static async IAsyncEnumerable<ManifestRow> Lines(Stream file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = new StreamReader(file);
        for (var number = 1; await reader.ReadLineAsync(cancellation) is { } line; number++)
        {
            if (line.Trim() is { Length: > 0 } text)
                yield return new ManifestRow(number.ToString(System.Globalization.CultureInfo.InvariantCulture), Text: text);
        }
    }

    /// <summary>A picture as a line names it: by a path (<c>image</c> or <c>path</c>) below the pictures' source, or by an uploaded blob.</summary>
    (PictureReference? Picture, string? Name) PictureOf(ManifestRow row)
    {
        if (row.Blob is { } blob)
            return (BlobPath.IsHash(blob) ? new PictureReference(BlobPath.Of(blob), blob) : null, blob);
        var path = row.Path ?? ImageOf(row.Metadata);
        return path is null || ObjectPath.SourceFault(path) is not null
            ? (null, path)
            : (new PictureReference(path, "", Source: input.Pictures), path);
    }

    static string? ImageOf(string? metadata)
    {
        if (metadata is null)
            return null;
        using var json = JsonDocument.Parse(metadata);
        return json.RootElement.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String ? image.GetString() : null;
    }

    ItemError Broken(ManifestRow row, string fault) => new("invalid", $"Line {row.Place} of '{input.Path}': {fault}");

    SourceException Missing() => new($"There is no '{input.Path}' in '{input.Source}'.");
}
