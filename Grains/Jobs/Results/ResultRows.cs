using System.Text;
using System.Text.Json;

namespace MplugCluster.Grains.Jobs.Results;

/// <summary>A block's rows, as a list of values each in the order of the columns.</summary>
sealed class ResultRows(IReadOnlyList<ResultColumn> columns)
{
    readonly byte[][] names = [.. columns.Select(column => Encoding.UTF8.GetBytes(column.Name))];

    /// <summary>Rows of a block. A number is the text that stands in the row, so that no format can change it; null where a member is missing.</summary>
    /// <exception cref="InvalidDataException">A line is no row.</exception>
    public List<string?[]> Read(ReadOnlySpan<byte> block)
    {
        var rows = new List<string?[]>();
        while (!block.IsEmpty)
        {
            var end = block.IndexOf((byte)'\n');
            var line = end < 0 ? block : block[..end];
            rows.Add(ReadRow(line));
            block = end < 0 ? [] : block[(end + 1)..];
        }

        return rows;
    }

    string?[] ReadRow(ReadOnlySpan<byte> line)
    {
        var row = new string?[columns.Count];
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var place = PlaceOf(ref reader);
                reader.Read();
                if (place >= 0)
                    row[place] = Value(ref reader, columns[place]);
                else
                    reader.Skip();
            }
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"A row of the results is damaged: {e.Message}", e);
        }

        return row;
    }

    int PlaceOf(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (reader.ValueTextEquals(names[i]))
                return i;
        }

        return -1;
    }

    static string? Value(ref Utf8JsonReader reader, ResultColumn column) => (reader.TokenType, column.Type) switch
    {
        (JsonTokenType.Null, _) => null,
        (JsonTokenType.String, ResultType.Text) => reader.GetString(),
        (JsonTokenType.Number, ResultType.Integer or ResultType.Number) => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new InvalidDataException($"A row's '{column.Name}' is a {reader.TokenType}; it must be {column.Type}."),
    };
}
