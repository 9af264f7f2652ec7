using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Results;

/// <summary>
/// Turns a job's rows into a format, block by block as they come. The same rows give the same bytes: nothing in them tells when, where or for
/// which job they were written.
/// </summary>
public static class ResultWriter
{
    /// <summary>Writes rows.</summary>
    /// <param name="kind">The job's kind: it decides the columns.</param>
    /// <param name="format">The format; must fit the kind.</param>
    /// <param name="blocks">Rows as JSON lines with the columns of <see cref="ResultColumns"/>; a missing value is a missing member.</param>
    /// <param name="target">Gets the bytes. Need not seek, and is never written to synchronously; it stays open.</param>
    /// <param name="cancellation">Stops between writes.</param>
    /// <exception cref="ArgumentException">The format does not fit the kind.</exception>
    public static Task Write(
        JobKind kind, ResultFormat format, IAsyncEnumerable<byte[]> blocks, Stream target, CancellationToken cancellation = default)
    {
        if (!format.Fits(kind))
            throw new ArgumentException($"Results of a job that is no ranking cannot be written as {format}.", nameof(format));
        var columns = ResultColumns.Of(kind);
        return format switch
        {
            ResultFormat.Jsonl => Copy(blocks, target, cancellation),
            ResultFormat.Csv => CsvResults.Write(columns, blocks, target, cancellation),
            ResultFormat.Parquet => ParquetResults.Write(columns, blocks, target, cancellation),
            _ => TrecResults.Write(columns, blocks, target, cancellation),
        };
    }

    static async Task Copy(IAsyncEnumerable<byte[]> blocks, Stream target, CancellationToken cancellation)
    {
        await foreach (var block in blocks.WithCancellation(cancellation))
            await target.WriteAsync(block, cancellation);
    }
}
