using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Embed;

/// <summary>Embeds rows some at a time and writes them in order; a row that fails is reported and left out.</summary>
sealed class EmbeddingWork(MplugClient client, CommandTerminal terminal, string? convention)
{
    /// <summary>Rows per request: for the published model on two cores half a minute of pictures, so that the bar moves.</summary>
    const int RowsPerRequest = 32;

    readonly PictureUploads uploads = new(client, mayInline: true);

    /// <summary>Rows in the file.</summary>
    public int Written { get; private set; }

    /// <summary>Rows that are not.</summary>
    public int Failed { get; private set; }

    /// <summary>Where image features came from.</summary>
    public FeatureCounts Features { get; private set; } = new(0, 0, 0);

    /// <summary>Embeds what the command line names.</summary>
    public Task Embed(IReadOnlyList<EmbedRow> rows, IEmbeddingFile file, CancellationToken cancellation) =>
        terminal.Progress("Embedding", rows.Count, async bar =>
        {
            var done = 0;
            foreach (var batch in rows.Chunk(RowsPerRequest))
            {
                await EmbedBatch(batch, file, cancellation);
                bar(done += batch.Length);
            }
        });

    /// <summary>Writes the embeddings that a corpus holds; nothing is computed.</summary>
    public async Task Export(string name, IEmbeddingFile file, CancellationToken cancellation)
    {
        var corpus = await client.FindCorpus(name, cancellation) ?? throw new InvalidDataException($"There is no corpus '{name}'.");
        await terminal.Progress("Reading embeddings", corpus.Pictures + corpus.Texts, async bar =>
        {
            await foreach (var item in client.ItemsWithEmbeddings(name, cancellation).WithCancellation(cancellation))
            {
                await file.Add(item.Id, item.Kind, item.Embedding!.Values, cancellation);
                bar(++Written);
            }
        });
    }

    /// <summary>In one request, or in several where the pictures that travel inside would not fit into one.</summary>
    async Task EmbedBatch(IReadOnlyList<EmbedRow> rows, IEmbeddingFile file, CancellationToken cancellation)
    {
        var (good, inside) = (new List<(EmbedRow, EmbeddingInput)>(), 0L);
        foreach (var row in rows)
        {
            var (picture, error) = row.Picture is null ? default : await uploads.Upload(row.Picture, cancellation);
            if (row.Error is not null)
                Fail(row, "invalid", row.Error);
            else if (error is not null)
                Fail(row, error.Code, error.Message);
            else
            {
                var bytes = picture?.Data?.Length ?? 0;
                if (inside + bytes > PictureUploads.InlinePerRequest)
                {
                    await Embed(good, file, cancellation);
                    good.Clear();
                    inside = 0;
                }

                good.Add((row, new EmbeddingInput(row.Text, picture)));
                inside += bytes;
            }
        }

        await Embed(good, file, cancellation);
    }

    async Task Embed(IReadOnlyList<(EmbedRow Row, EmbeddingInput Input)> rows, IEmbeddingFile file, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return;
        var answer = await client.Embed(
            new EmbeddingRequest
            {
                Input = rows.Select(row => row.Input).ToArray(),
                EncodingFormat = "base64",
                Convention = convention,
                BudgetMs = 240_000,
            },
            cancellation);
        Features += answer.Features;
        foreach (var ((row, _), datum) in rows.Zip(answer.Data))
        {
            if (datum.Error is { } error)
            {
                Fail(row, error.Code, error.Message);
                continue;
            }

            await file.Add(row.Id, row.Kind, datum.Embedding.Values, cancellation);
            Written++;
        }
    }

    void Fail(EmbedRow row, string code, string message)
    {
        Failed++;
        terminal.Warn($"{row.Id}: {code}: {message}");
    }
}
