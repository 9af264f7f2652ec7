using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Api;
using nietras.SeparatedValues;
using Parquet;
using Parquet.Schema;

namespace MplugCluster.Cli.Score;

/// <summary>
/// A file of pairs: <c>.jsonl</c>, <c>.csv</c> or <c>.parquet</c>, with the members or columns <c>image</c>, <c>text</c> and, in tables,
/// <c>id</c>. A row that is no pair carries its error.
/// </summary>
static class PairTable
{
    /// <summary>Reads all rows.</summary>
    /// <exception cref="UsageException">The file's name says no format, or a column is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not what its name says.</exception>
    public static async Task<IReadOnlyList<PairRow>> Read(string path, CancellationToken cancellation) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" => [.. (await File.ReadAllLinesAsync(path, cancellation)).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)).Select(OfLine)],
        ".csv" => [.. ReadCsv(path)],
        ".parquet" => await ReadParquet(path, cancellation),
        _ => throw new UsageException($"'{path}' does not say what it is; files of pairs are named .jsonl, .csv or .parquet."),
    };

    static PairRow OfLine((int Index, string Line) line)
    {
        var parsed = PairLine.Parse(line.Line);
        return new PairRow((line.Index + 1).ToString(CultureInfo.InvariantCulture), parsed.Image, parsed.Text, parsed.Error);
    }

    static IEnumerable<PairRow> ReadCsv(string path)
    {
        using var reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = true }).FromFile(path);
        var columns = reader.Header.ColNames;
        var (id, image, text) = Places(path, columns);
        while (reader.MoveNext())
        {
            var row = reader.Current;
            var number = row.LineNumberFrom.ToString(CultureInfo.InvariantCulture);
            if (row.ColCount == 1 && row[0].Span.IsEmpty)
                continue;
            yield return row.ColCount == columns.Count
                ? PairRow.Of(id < 0 ? number : row[id].ToString(), row[image].ToString(), row[text].ToString())
                : new PairRow(number, null, null, new ApiError("invalid", $"The row has {row.ColCount} columns, the header has {columns.Count}."));
        }
    }

    static async Task<IReadOnlyList<PairRow>> ReadParquet(string path, CancellationToken cancellation)
    {
        try
        {
            await using var reader = await ParquetReader.CreateAsync(path, cancellationToken: cancellation);
            var fields = reader.Schema.DataFields;
            var (id, image, text) = Places(path, [.. fields.Select(field => field.Name)]);
            var rows = new List<PairRow>();
            for (var i = 0; i < reader.RowGroupCount; i++)
            {
                using var group = reader.OpenRowGroupReader(i);
                var ids = id < 0 ? null : await Column(group, fields[id], path, cancellation);
                var images = await Column(group, fields[image], path, cancellation);
                var texts = await Column(group, fields[text], path, cancellation);
                for (var j = 0; j < images.Length; j++)
                    rows.Add(PairRow.Of(ids?[j] ?? (rows.Count + 1).ToString(CultureInfo.InvariantCulture), images[j], texts[j]));
            }

            return rows;
        }
        catch (Exception e) when (e is ParquetException or IOException)
        {
            throw new InvalidDataException($"'{path}' cannot be read as Parquet: {e.Message}", e);
        }
    }

    static async Task<string?[]> Column(ParquetRowGroupReader group, DataField field, string path, CancellationToken cancellation)
    {
        if (field.ClrType != typeof(string) && field.ClrType != typeof(ReadOnlyMemory<char>))
            throw new UsageException($"Column '{field.Name}' of '{path}' is no text but {field.ClrType.Name}.");
        var values = new string[group.RowCount];
        await group.ReadAsync(field, values, cancellationToken: cancellation);
        return values;
    }

    static (int Id, int Image, int Text) Places(string path, IReadOnlyList<string> columns)
    {
        var names = columns.ToList();
        foreach (var needed in new[] { "image", "text" })
        {
            if (!names.Contains(needed))
                throw new UsageException($"'{path}' has no column '{needed}'; it has {string.Join(", ", names)}.");
        }

        return (names.IndexOf("id"), names.IndexOf("image"), names.IndexOf("text"));
    }
}
