using System.Security.Cryptography;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs;

/// <summary>Cuts a job's input into blocks of JSON lines. The summary is written last: it makes them the job's input, once.</summary>
sealed class JobInputWriter(IObjectStore store, string job, int itemsPerBlock)
{
    /// <summary>Writes an input that was sent along; returns its hash.</summary>
    public async Task<string> Write(JobInputItems items, CancellationToken cancellation)
    {
        byte[][] lines = items switch
        {
            { Queries: { } queries } => [.. queries.Select(JobJson.ToBytes)],
            { Pairs: { } pairs } => [.. pairs.Select(JobJson.ToBytes)],
            { Annotations: { } annotations } => [.. annotations.Select(JobJson.ToBytes)],
            _ => throw new ArgumentException("An input needs queries, pairs or annotations.", nameof(items)),
        };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(line);
            hash.AppendData("\n"u8);
        }

        var folder = Convert.ToHexStringLower(hash.GetHashAndReset());
        var blocks = 0;
        foreach (var block in lines.Chunk(itemsPerBlock))
            await WriteBlock(folder, blocks++, block, cancellation);
        await Finish(new InputSummary(folder, blocks, lines.Length, items.Annotations?.Sum(picture => (long)picture.Captions.Length) ?? 0), folder, cancellation);
        return folder;
    }

    /// <summary>Writes an input that is read from a source, as it comes; a source that fails on the way leaves nothing.</summary>
    /// <param name="items">The input.</param>
    /// <param name="captions">Captions of an item.</param>
    /// <param name="mayBeEmpty">Whether nothing is an input, too; else nothing is written, and who asks again reads the source again.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async Task<InputSummary> Write<T>(IAsyncEnumerable<T> items, Func<T, long> captions, bool mayBeEmpty, CancellationToken cancellation)
    {
        // A folder of its own: another silo that reads the same source at the same time may see another state of it.
        var folder = Guid.NewGuid().ToString("N");
        InputSummary read;
        try
        {
            read = await WriteBlocks(folder, items, captions, cancellation);
        }
        catch
        {
            await Drop(folder);
            throw;
        }

        if (read.Items == 0 && !mayBeEmpty)
            return read;

        // A failure from here on leaves the blocks: the summary that speaks of them may have been written all the same.
        var input = await Finish(read, null, cancellation);
        if (input.Folder != folder)
            await Drop(folder);
        return input;
    }

    async Task<InputSummary> WriteBlocks<T>(string folder, IAsyncEnumerable<T> items, Func<T, long> captions, CancellationToken cancellation)
    {
        var (blocks, count, texts) = (0, 0L, 0L);
        var block = new List<byte[]>();
        await foreach (var item in items.WithCancellation(cancellation))
        {
            block.Add(JobJson.ToBytes(item));
            count++;
            texts += captions(item);
            if (block.Count < itemsPerBlock)
                continue;
            await WriteBlock(folder, blocks++, block, cancellation);
            block.Clear();
        }

        if (block.Count > 0)
            await WriteBlock(folder, blocks++, block, cancellation);
        return new InputSummary(folder, blocks, count, texts);
    }

    /// <summary>Takes back blocks that did not become the input. Best effort: what is left goes with the job.</summary>
    async Task Drop(string folder)
    {
        try
        {
            await foreach (var block in store.List(JobPaths.InputFolderOf(job, folder)))
                await store.Delete(block.Path);
        }
        catch (StoreException)
        {
            // The failure that led here is told already.
        }
    }

    /// <summary>The input of a job, once it has been read.</summary>
    public static Task<InputSummary?> Find(IObjectStore store, JobPlan plan, CancellationToken cancellation) =>
        Find(store, JobPaths.InputSummaryOf(plan.Id, plan.InputHash), cancellation);

    static async Task<InputSummary?> Find(IObjectStore store, string path, CancellationToken cancellation) =>
        await store.Read(path, cancellation) is { } stored ? JobJson.Read<InputSummary>(stored.Content) : null;

    /// <summary>Who comes second takes what the first has read.</summary>
    async Task<InputSummary> Finish(InputSummary summary, string? hash, CancellationToken cancellation)
    {
        var path = JobPaths.InputSummaryOf(job, hash);
        return await store.Write(path, JobJson.ToBytes(summary), WriteCondition.IfAbsent, cancellation) is not null
            ? summary
            : await Find(store, path, cancellation) ?? throw new StoreException($"'{path}' is gone.");
    }

    Task WriteBlock(string folder, int block, IEnumerable<byte[]> lines, CancellationToken cancellation) =>
        store.Write(JobPaths.InputOf(job, folder, block), JsonLines.Join(lines), WriteCondition.None, cancellation);
}
