namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>Reads the files of all parts of a stage: thousands of small ones, which a remote store answers one by one too slowly.</summary>
static class PartReads
{
    /// <summary>Reads under way at a time.</summary>
    const int AtATime = 16;

    /// <summary>What was read of each part, in order.</summary>
    public static async Task<T[]> All<T>(int parts, Func<int, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        var found = new T[parts];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, parts),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, TaskScheduler = TaskScheduler.Default, CancellationToken = cancellation },
            async (part, token) => found[part] = await read(part, token));
        return found;
    }
}
