using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace MplugCluster.Grains.Jobs.Results;

/// <summary>Rows as Parquet, a row group for each block that has rows.</summary>
static class ParquetResults
{
    public static async Task Write(
        IReadOnlyList<ResultColumn> columns, IAsyncEnumerable<byte[]> blocks, Stream target, CancellationToken cancellation)
    {
        DataField[] fields = [.. columns.Select(FieldOf)];
        var gathered = new OutgoingBytes();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), gathered, cancellationToken: cancellation))
        {
            var rows = new ResultRows(columns);
            await foreach (var block in blocks.WithCancellation(cancellation))
            {
                if (block.Length == 0)
                    continue;
                await WriteGroup(writer, columns, fields, rows.Read(block), cancellation);
                await gathered.SendTo(target, cancellation);
            }
        }

        await gathered.SendTo(target, cancellation);
    }

    static async Task WriteGroup(
        ParquetWriter writer, IReadOnlyList<ResultColumn> columns, DataField[] fields, List<string?[]> rows, CancellationToken cancellation)
    {
        using var group = writer.CreateRowGroup();
        for (var i = 0; i < fields.Length; i++)
        {
            var values = rows.Select(row => row[i]);
            switch (columns[i].Type)
            {
                case ResultType.Text:
                    await group.WriteAsync(fields[i], values.ToArray()!);
                    break;
                case ResultType.Integer:
                    await group.WriteAsync<long>(fields[i], values.Select(Integer).ToArray(), cancellationToken: cancellation);
                    break;
                default:
                    await group.WriteAsync<float>(fields[i], values.Select(Number).ToArray(), cancellationToken: cancellation);
                    break;
            }
        }

        group.CompleteValidate();
    }

    static DataField FieldOf(ResultColumn column) => new(
        column.Name,
        column.Type switch { ResultType.Text => typeof(string), ResultType.Integer => typeof(long), _ => typeof(float) },
        isNullable: true);

    static long? Integer(string? value) => value is null ? null : long.Parse(value, CultureInfo.InvariantCulture);

    static float? Number(string? value) => value is null ? null : float.Parse(value, CultureInfo.InvariantCulture);
}
