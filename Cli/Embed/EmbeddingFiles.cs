using MplugCluster.Cli.CommandLine;

namespace MplugCluster.Cli.Embed;

/// <summary>Which file a name means.</summary>
static class EmbeddingFiles
{
    /// <summary>How to begin the file; nothing is written before that.</summary>
    /// <param name="path">Where; null: lines on standard output.</param>
    /// <param name="output">Standard output.</param>
    /// <exception cref="UsageException">The name says no format, or one may not write there.</exception>
    public static Func<IEmbeddingFile> Find(string? path, TextWriter output)
    {
        if (path is null)
            return () => new EmbeddingLines(output);
        Func<IEmbeddingFile> open = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => () => new EmbeddingNpy(path),
            ".parquet" => () => new EmbeddingParquet(path),
            ".jsonl" => () => new EmbeddingLines(path),
            _ => throw new UsageException($"'{path}' does not say its format; embeddings are written as .npy, .parquet or .jsonl."),
        };
        OutputPath.File(path, isReplaced: true);
        return open;
    }
}
