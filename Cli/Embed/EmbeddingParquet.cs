using Parquet;
using Parquet.Schema;

namespace MplugCluster.Cli.Embed;

/// <summary>Embeddings as Parquet: <c>id</c>, <c>kind</c>, and <c>embedding</c>, a list of float32. A row group for some thousand rows.</summary>
sealed class EmbeddingParquet(string path) : IEmbeddingFile
{
    const int RowsPerGroup = 8192;

    static readonly DataField Id = new DataField<string>("id");
    static readonly DataField Kind = new DataField<string>("kind");
    static readonly DataField Number = new DataField<float>("element");
    static readonly ParquetSchema Schema = new(Id, Kind, new ListField("embedding", Number));

    readonly UnfinishedFile file = new(path);
    readonly List<(string Id, string Kind, float[] Embedding)> rows = [];
    ParquetWriter? writer;

    /// <inheritdoc/>
    public async Task Add(string id, string kind, float[] embedding, CancellationToken cancellation)
    {
        rows.Add((id, kind, embedding));
        if (rows.Count == RowsPerGroup)
            await WriteGroup(cancellation);
    }

    /// <inheritdoc/>
    public async Task Finish(CancellationToken cancellation)
    {
        await WriteGroup(cancellation);
        await writer!.DisposeAsync();
        file.Finish();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task WriteGroup(CancellationToken cancellation)
    {
        writer ??= await ParquetWriter.CreateAsync(Schema, file.Stream, cancellationToken: cancellation);
        if (rows.Count == 0)
            return;
        using var group = writer.CreateRowGroup();
        await group.WriteAsync(Id, rows.Select(row => row.Id).ToArray());
        await group.WriteAsync(Kind, rows.Select(row => row.Kind).ToArray());

        // Repetition level 0 begins a list, 1 goes on with it.
        int[] levels = [.. rows.SelectMany(row => row.Embedding.Select((_, i) => i == 0 ? 0 : 1))];
        float[] numbers = [.. rows.SelectMany(row => row.Embedding)];
        int[] present = [.. Enumerable.Repeat(Number.MaxDefinitionLevel, numbers.Length)];
        await group.WriteAllPartsAsync<float>(Number, numbers.AsMemory(), present.AsMemory(), levels.AsMemory(), cancellation);
        group.CompleteValidate();
        rows.Clear();
    }
}
