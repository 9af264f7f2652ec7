namespace MplugCluster.Cli.Embed;

/// <summary>A file of embeddings while it is written. What is not finished is not there: a file of that name stays as it was.</summary>
interface IEmbeddingFile : IAsyncDisposable
{
    /// <summary>Adds a row.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="kind"><c>text</c> or <c>picture</c>.</param>
    /// <param name="embedding">All rows have equally many numbers.</param>
    /// <param name="cancellation">Stops it.</param>
    Task Add(string id, string kind, float[] embedding, CancellationToken cancellation);

    /// <summary>Completes the file.</summary>
    Task Finish(CancellationToken cancellation);
}
