using System.Globalization;
using System.Text.Json;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Api;
using nietras.SeparatedValues;

namespace MplugCluster.Cli.Rank;

/// <summary>A file of queries. A line that is none is kept aside with its reason, and the rest goes on.</summary>
/// <param name="Queries">The queries, each with an id.</param>
/// <param name="Broken">Lines that are none, by number, and why.</param>
sealed record QueryFile(IReadOnlyList<JobQueryInput> Queries, IReadOnlyList<(int Line, string Reason)> Broken)
{
    const int MaxTextLength = 10_000, MaxIdLength = 1024;

    /// <summary>
    /// Reads a file: <c>.txt</c> a query a line; <c>.jsonl</c> a string or <c>{"id", "text"}</c> a line; <c>.csv</c> with the columns
    /// <c>text</c> and, if wanted, <c>id</c>. A query without an id has the number of its line.
    /// </summary>
    /// <exception cref="UsageException">There is no such file, its name says no format, or it has no query.</exception>
    public static QueryFile Read(string path)
    {
        InputPath.File(path);
        var lines = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".txt" => Numbered(path).Select(line => (line.Number, (string?)null, (string?)line.Text, (string?)null)),
            ".jsonl" => Numbered(path).Select(line => Parse(line.Number, line.Text)),
            ".csv" => ReadCsv(path),
            _ => throw new UsageException($"'{path}' does not say what it is; files of queries are named .txt, .jsonl or .csv."),
        };
        var (queries, broken, ids) = (new List<JobQueryInput>(), new List<(int, string)>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (number, given, text, error) in lines)
        {
            var id = given ?? number.ToString(CultureInfo.InvariantCulture);
            var reason = error ?? (string.IsNullOrWhiteSpace(text) ? "it has no text"
                : text.Length > MaxTextLength ? $"its text has {text.Length} characters, at most {MaxTextLength} are allowed"
                : id.Length is 0 or > MaxIdLength ? $"its id has {id.Length} characters, 1 to {MaxIdLength} are allowed"
                : !ids.Add(id) ? $"another line has the id '{id}'"
                : null);
            if (reason is null)
                queries.Add(new JobQueryInput(id, text));
            else
                broken.Add((number, reason));
        }

        return queries.Count > 0 ? new QueryFile(queries, broken) : throw new UsageException(broken.Count == 0
            ? $"'{path}' holds no queries."
            : $"'{path}' holds no queries: line {broken[0].Item1}: {broken[0].Item2}.");
    }

    static IEnumerable<(int Number, string Text)> Numbered(string path) =>
        File.ReadLines(path).Select((text, i) => (i + 1, text)).Where(line => !string.IsNullOrWhiteSpace(line.text));

    static (int, string?, string?, string?) Parse(int number, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.String)
                return (number, null, root.GetString(), null);
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
                return (number, null, null, "it needs the string \"text\"");
            string? id = null;
            if (root.TryGetProperty("id", out var given))
            {
                if (given.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                    return (number, null, null, "its \"id\" is neither a string nor a number");
                id = given.ValueKind == JsonValueKind.String ? given.GetString() : given.GetRawText();
            }

            return (number, id, text.GetString(), null);
        }
        catch (JsonException e)
        {
            return (number, null, null, $"it is not JSON: {ApiJson.ReasonOf(e)}");
        }
    }

    static IEnumerable<(int, string?, string?, string?)> ReadCsv(string path)
    {
        using var reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = true }).FromFile(path);
        if (!reader.Header.TryIndexOf("text", out var text))
            throw new UsageException($"'{path}' has no column 'text'; it has {string.Join(", ", reader.Header.ColNames)}.");
        var id = reader.Header.TryIndexOf("id", out var found) ? found : -1;
        while (reader.MoveNext())
        {
            var row = reader.Current;
            var number = row.LineNumberFrom;
            if (row.ColCount == 1 && row[0].Span.IsEmpty)
                continue;
            yield return row.ColCount == reader.Header.ColNames.Count
                ? (number, id < 0 ? null : row[id].ToString(), row[text].ToString(), null)
                : (number, null, null, $"it has {row.ColCount} columns, the header has {reader.Header.ColNames.Count}");
        }
    }
}
