using System.Globalization;
using System.Text.Json;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Api;
using nietras.SeparatedValues;
using Parquet;

namespace MplugCluster.Cli.Embed;

/// <summary>
/// A file of texts and pictures: <c>.jsonl</c>, <c>.csv</c> or <c>.parquet</c> with the members or columns <c>text</c>, <c>image</c> (a path
/// relative to the file) and <c>id</c>. A row with a text and a picture gives two embeddings; one without an id has its number.
/// </summary>
static class EmbedTable
{
    static readonly string[] Columns = ["id", "text", "image"];

    /// <summary>Reads all rows; one that cannot be used carries its error.</summary>
    /// <exception cref="UsageException">The file has neither texts nor pictures.</exception>
    /// <exception cref="InvalidDataException">The file is not what its name says.</exception>
    public static async Task<IReadOnlyList<EmbedRow>> Read(string path, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var cells = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => ReadCsv(path),
            ".parquet" => await ReadParquet(path, cancellation),
            _ => (await File.ReadAllLinesAsync(path, cancellation)).Select(OfLine).Where(line => line.Error is not ""),
        };
        return [.. cells.Index().SelectMany(row => Rows(row.Item, row.Index + 1, folder))];
    }

    static IEnumerable<EmbedRow> Rows(Cells row, int number, string folder)
    {
        var id = string.IsNullOrEmpty(row.Id) ? number.ToString(CultureInfo.InvariantCulture) : row.Id;
        var (hasText, hasImage) = (!string.IsNullOrWhiteSpace(row.Text), !string.IsNullOrWhiteSpace(row.Image));
        if (row.Error is not null || !(hasText || hasImage))
        {
            yield return new EmbedRow(id, null, null, row.Error ?? "it has neither a text nor an image");
            yield break;
        }

        if (hasImage)
            yield return new EmbedRow(id, null, Path.Combine(folder, row.Image!));
        if (hasText)
            yield return new EmbedRow(id, row.Text, null);
    }

    static Cells OfLine(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return new Cells(null, null, null, "");
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.String => new Cells(null, json.RootElement.GetString(), null),
                JsonValueKind.Object => new Cells(Member(json.RootElement, "id"), Member(json.RootElement, "text"), Member(json.RootElement, "image")),
                _ => new Cells(null, null, null, "it is neither a string nor an object"),
            };
        }
        catch (JsonException e)
        {
            return new Cells(null, null, null, $"it is not JSON: {ApiJson.ReasonOf(e)}");
        }
    }

    static string? Member(JsonElement row, string name) => !row.TryGetProperty(name, out var value) ? null
        : value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null };

    static List<Cells> ReadCsv(string path)
    {
        using var reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = true }).FromFile(path);
        var names = reader.Header.ColNames;
        var places = Places(path, [.. names]);
        var rows = new List<Cells>();
        while (reader.MoveNext())
        {
            var row = reader.Current;
            if (row.ColCount == 1 && row[0].Span.IsEmpty)
                continue;
            if (row.ColCount == names.Count)
                rows.Add(new Cells(Cell(row, places[0]), Cell(row, places[1]), Cell(row, places[2])));
            else
                rows.Add(new Cells(null, null, null, $"it has {row.ColCount} columns, the header has {names.Count}"));
        }

        return rows;
    }

    static string? Cell(SepReader.Row row, int place) => place < 0 ? null : row[place].ToString();

    static async Task<List<Cells>> ReadParquet(string path, CancellationToken cancellation)
    {
        try
        {
            await using var reader = await ParquetReader.CreateAsync(path, cancellationToken: cancellation);
            var fields = reader.Schema.DataFields;
            var places = Places(path, [.. fields.Select(field => field.Name)]);
            var rows = new List<Cells>();
            for (var i = 0; i < reader.RowGroupCount; i++)
            {
                using var group = reader.OpenRowGroupReader(i);
                var columns = new string?[Columns.Length][];
                foreach (var (column, place) in places.Index())
                {
                    columns[column] = new string?[group.RowCount];
                    if (place < 0)
                        continue;
                    if (fields[place].ClrType != typeof(string) && fields[place].ClrType != typeof(ReadOnlyMemory<char>))
                        throw new UsageException($"Column '{fields[place].Name}' of '{path}' is no text but {fields[place].ClrType.Name}.");
                    await group.ReadAsync(fields[place], columns[column]!, cancellationToken: cancellation);
                }

                for (var row = 0; row < group.RowCount; row++)
                    rows.Add(new Cells(columns[0][row], columns[1][row], columns[2][row]));
            }

            return rows;
        }
        catch (Exception e) when (e is ParquetException or IOException)
        {
            throw new InvalidDataException($"'{path}' cannot be read as Parquet: {e.Message}", e);
        }
    }

    static int[] Places(string path, List<string> names)
    {
        int[] places = [.. Columns.Select(column => names.IndexOf(column))];
        return places[1] >= 0 || places[2] >= 0
            ? places
            : throw new UsageException($"'{path}' has neither a column 'text' nor 'image'; it has {string.Join(", ", names)}.");
    }

    /// <summary>A row as it stands in the file; the error "" is a line with nothing on it.</summary>
    sealed record Cells(string? Id, string? Text, string? Image, string? Error = null);
}
