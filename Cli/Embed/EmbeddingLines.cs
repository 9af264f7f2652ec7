using System.Text.Json;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Embed;

/// <summary>Embeddings as lines: <c>{"id", "kind", "embedding"}</c>.</summary>
sealed class EmbeddingLines : IEmbeddingFile
{
    readonly TextWriter writer;
    readonly UnfinishedFile? file;

    /// <summary>Lines of a stream that is somebody else's.</summary>
    public EmbeddingLines(TextWriter output) => writer = output;

    /// <summary>Lines of a file.</summary>
    public EmbeddingLines(string path)
    {
        file = new UnfinishedFile(path);
        writer = new StreamWriter(file.Stream, leaveOpen: true);
    }

    /// <inheritdoc/>
    public Task Add(string id, string kind, float[] embedding, CancellationToken cancellation) =>
        writer.WriteLineAsync(JsonSerializer.Serialize(new { id, kind, embedding }, ApiJson.Options).AsMemory(), cancellation);

    /// <inheritdoc/>
    public async Task Finish(CancellationToken cancellation)
    {
        await writer.FlushAsync(cancellation);
        file?.Finish();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file?.Dispose();
        return ValueTask.CompletedTask;
    }
}
