using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Parquet;
using Parquet.Schema;

namespace MplugCluster.Grains.Sources;

/// <summary>A flat Parquet column as JSON values.</summary>
static class ParquetColumn
{
    static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, int, CancellationToken, Task<JsonNode?[]>>> Readers = new()
    {
        [typeof(ReadOnlyMemory<char>)] = Texts,
        [typeof(bool)] = Values<bool>,
        [typeof(sbyte)] = Values<sbyte>,
        [typeof(byte)] = Values<byte>,
        [typeof(short)] = Values<short>,
        [typeof(ushort)] = Values<ushort>,
        [typeof(int)] = Values<int>,
        [typeof(uint)] = Values<uint>,
        [typeof(long)] = Values<long>,
        [typeof(ulong)] = Values<ulong>,
        [typeof(float)] = Values<float>,
        [typeof(double)] = Values<double>,
        [typeof(decimal)] = Values<decimal>,
        [typeof(DateTime)] = Values<DateTime>,
        [typeof(DateOnly)] = Values<DateOnly>,
        [typeof(TimeOnly)] = Values<TimeOnly>,
        [typeof(Guid)] = Values<Guid>,
    };

    /// <summary>Whether values of a type have a JSON form.</summary>
    public static bool CanRead(Type type) => Readers.ContainsKey(type);

    /// <summary>Reads a row group's values of a column; null for missing ones.</summary>
    public static Task<JsonNode?[]> Read(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation) =>
        Readers[field.ClrType](group, field, rows, cancellation);

    static async Task<JsonNode?[]> Texts(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation)
    {
        var values = new string?[rows];
        await group.ReadAsync(field, values.AsMemory()!, cancellationToken: cancellation);
        return [.. values.Select(value => value is null ? null : (JsonNode?)JsonValue.Create(value))];
    }

    static async Task<JsonNode?[]> Values<T>(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation)
        where T : struct
    {
        if (field.IsNullable)
        {
            var some = new T?[rows];
            await group.ReadAsync(field, some.AsMemory(), cancellationToken: cancellation);
            return [.. some.Select(value => value is { } present ? JsonSerializer.SerializeToNode(present, Options) : null)];
        }

        var all = new T[rows];
        await group.ReadAsync(field, all.AsMemory(), cancellationToken: cancellation);
        return [.. all.Select(value => JsonSerializer.SerializeToNode(value, Options))];
    }
}
