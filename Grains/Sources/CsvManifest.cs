using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using nietras.SeparatedValues;

namespace MplugCluster.Grains.Sources;

/// <summary>A manifest with a header line, in UTF-8; the separator (',', ';', tab or '|') is the one that the header uses.</summary>
static class CsvManifest
{
    const char NotUtf8 = '\uFFFD';

    public static async IAsyncEnumerable<ManifestRow> Read(SourceStream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var text = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        using var reader = await Open(text, name, cancellation);
        var columns = reader.Header.ColNames;
        if (columns.All(column => column.Length == 0))
            throw new SourceException($"The manifest '{name}' has no usable header line: it is empty.");
        if (!ManifestRow.HasItems(columns))
            throw new SourceException($"The manifest '{name}' has the columns {string.Join(", ", columns)}; it needs 'path', 'blob' or 'text'.");
        var last = 1;
        while (true)
        {
            var (isRow, fault) = await Next(reader, cancellation);
            if (fault is not null)
                yield return ManifestRow.Broken(Number(last + 1), $"it and all lines after it cannot be read: {fault}");
            if (!isRow)
                yield break;
            last = reader.Current.LineNumberToExcl - 1;
            if (Parse(reader.Current, columns) is { } row)
                yield return row;
        }
    }

    static async Task<SepReader> Open(TextReader text, string name, CancellationToken cancellation)
    {
        try
        {
            return await Sep.Reader(options => options with { DisableColCountCheck = true, Unescape = true }).FromAsync(text, cancellation);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or NotSupportedException)
        {
            throw new SourceException($"The manifest '{name}' has no usable header line: {e.Message}", e);
        }
    }

    static async ValueTask<(bool IsRow, string? Fault)> Next(SepReader reader, CancellationToken cancellation)
    {
        try
        {
            return (await reader.MoveNextAsync(cancellation), null);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            return (false, e.Message);
        }
    }

    /// <summary>Null for an empty line.</summary>
    static ManifestRow? Parse(SepReader.Row row, IReadOnlyList<string> columns)
    {
        var place = Number(row.LineNumberFrom);
        if (row.Span.Trim("\r\n ").IsEmpty)
            return null;
        if (row.Span.Count('"') % 2 != 0)
            return ManifestRow.Broken(place, "a quote is not closed.");
        if (row.ColCount != columns.Count)
            return ManifestRow.Broken(place, $"it has {row.ColCount} columns, the header has {columns.Count}.");
        if (row.Span.Contains(NotUtf8))
            return ManifestRow.Broken(place, "it is not UTF-8.");
        var members = new JsonObject();
        for (var i = 0; i < columns.Count; i++)
        {
            if (row[i].Span.Length > 0)
                members[columns[i]] = row[i].ToString();
        }

        return ManifestRow.Of(place, members);
    }

    static string Number(int line) => line.ToString(CultureInfo.InvariantCulture);
}
