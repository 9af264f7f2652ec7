using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MplugCluster.Grains.Storage;
using Parquet;
using Parquet.Schema;

namespace MplugCluster.Grains.Sources;

/// <summary>A manifest as a Parquet file of flat columns, read one row group at a time.</summary>
static class ParquetManifest
{
    public static async IAsyncEnumerable<ManifestRow> Read(SourceStream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var reader = await Open(file, name, cancellation);
        var fields = reader.Schema.GetDataFields();
        if (fields.FirstOrDefault(field => field.Path.Length > 1 || field.IsArray || !ParquetColumn.CanRead(field.ClrType)) is { } odd)
            throw new SourceException($"The manifest '{name}' has the column '{odd.Path}' of nested or binary values; only texts, numbers, truth values and times can be read.");
        if (!ManifestRow.HasItems(fields.Select(field => field.Name)))
            throw new SourceException($"The manifest '{name}' has the columns {string.Join(", ", fields.Select(field => field.Name))}; it needs 'path', 'blob' or 'text'.");
        var before = 0L;
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var rows = (int)group.RowCount;
            var (columns, fault) = await Columns(group, fields, rows, cancellation);
            if (columns is null)
                yield return ManifestRow.Broken(Number(before + 1), $"it and all rows up to {before + rows} cannot be read: {fault}");
            for (var row = 0; columns is not null && row < rows; row++)
                yield return ManifestRow.Of(Number(before + row + 1), Members(fields, columns, row));
            before += rows;
        }
    }

    static async Task<ParquetReader> Open(SourceStream file, string name, CancellationToken cancellation)
    {
        try
        {
            return await ParquetReader.CreateAsync(file, leaveStreamOpen: true, cancellationToken: cancellation);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new SourceException($"The manifest '{name}' is not a Parquet file: {e.Message}", e);
        }
    }

    static async Task<(JsonNode?[][]? Columns, string? Fault)> Columns(ParquetRowGroupReader group, DataField[] fields, int rows, CancellationToken cancellation)
    {
        try
        {
            var columns = new JsonNode?[fields.Length][];
            for (var i = 0; i < fields.Length; i++)
                columns[i] = await ParquetColumn.Read(group, fields[i], rows, cancellation);
            return (columns, null);
        }
        catch (Exception e) when (IsDamage(e))
        {
            return (null, e.Message);
        }
    }

    static JsonObject Members(DataField[] fields, JsonNode?[][] columns, int row)
    {
        var members = new JsonObject();
        for (var i = 0; i < fields.Length; i++)
        {
            if (columns[i][row] is { } value)
                members[fields[i].Name] = value;
        }

        return members;
    }

    /// <summary>The library does not say what it throws at damaged bytes; only what is surely not their fault is left out.</summary>
    static bool IsDamage(Exception failure) => failure is not (OperationCanceledException or StoreException or SourceException or OutOfMemoryException);

    static string Number(long row) => row.ToString(CultureInfo.InvariantCulture);
}
