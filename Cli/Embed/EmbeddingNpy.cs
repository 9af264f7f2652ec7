using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Cli.Embed;

/// <summary>
/// Embeddings as a NumPy array <c>[rows, embed_dim]</c> of float32, and beside it <c>name.ids.jsonl</c> with <c>{"id", "kind"}</c> of each row.
/// Rows go straight to the file, whose header is written last: any number of them fits.
/// </summary>
sealed class EmbeddingNpy : IEmbeddingFile
{
    readonly UnfinishedFile array;
    readonly UnfinishedFile ids;
    readonly StreamWriter lines;
    int rows;
    int width;

    /// <summary>Begins the two files.</summary>
    public EmbeddingNpy(string path)
    {
        array = new UnfinishedFile(path);
        ids = new UnfinishedFile(Path.ChangeExtension(path, ".ids.jsonl"));
        lines = new StreamWriter(ids.Stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        array.Stream.Write(new byte[NpyFile.FixedHeaderBytes]);
    }

    /// <inheritdoc/>
    public async Task Add(string id, string kind, float[] embedding, CancellationToken cancellation)
    {
        array.Stream.Write(MemoryMarshal.AsBytes<float>(embedding));
        await lines.WriteLineAsync(JsonSerializer.Serialize(new { id, kind }, ApiJson.Options).AsMemory(), cancellation);
        (rows, width) = (rows + 1, embedding.Length);
    }

    /// <inheritdoc/>
    public async Task Finish(CancellationToken cancellation)
    {
        await lines.FlushAsync(cancellation);
        array.Stream.Position = 0;
        array.Stream.Write(NpyFile.FixedHeader<float>([rows, width]));
        array.Finish();
        ids.Finish();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        array.Dispose();
        ids.Dispose();
        return ValueTask.CompletedTask;
    }
}
