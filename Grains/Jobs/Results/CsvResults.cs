using System.Buffers;
using System.Text;

namespace MplugCluster.Grains.Jobs.Results;

/// <summary>Rows as CSV.</summary>
/// <remarks>Source: RFC 4180.</remarks>
static class CsvResults
{
    static readonly SearchValues<char> MustBeQuoted = SearchValues.Create(",\"\r\n");

    public static async Task Write(
        IReadOnlyList<ResultColumn> columns, IAsyncEnumerable<byte[]> blocks, Stream target, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        AppendLine(text, columns.Select(column => column.Name));
        await Flush(text, target, cancellation);
        var rows = new ResultRows(columns);
        await foreach (var block in blocks.WithCancellation(cancellation))
        {
            foreach (var row in rows.Read(block))
                AppendLine(text, row);
            await Flush(text, target, cancellation);
        }
    }

    static void AppendLine(StringBuilder text, IEnumerable<string?> values)
    {
        var isFirst = true;
        foreach (var value in values)
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;

            // An empty text is not a missing value.
            if (value is { Length: 0 } || value.AsSpan().ContainsAny(MustBeQuoted))
                text.Append('"').Append(value!.Replace("\"", "\"\"")).Append('"');
            else
                text.Append(value);
        }

        text.Append("\r\n");
    }

    static async Task Flush(StringBuilder text, Stream target, CancellationToken cancellation)
    {
        await target.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
        text.Clear();
    }
}
