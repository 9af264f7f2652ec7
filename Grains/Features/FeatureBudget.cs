using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Features;

/// <summary>
/// Keeps the files of a feature store within a byte budget that all silos share and none keeps the books of. A silo lists the store whenever
/// it has itself written a sixteenth of the budget, and deletes the oldest files until a sixteenth is free again. So one silo alone stays
/// within the budget, and each further one exceeds it by a sixteenth at most, besides what is written while a listing runs.
/// Silos that list at the same time choose the same files, because their order follows from the store alone.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="folder">Folder that the budget is for.</param>
/// <param name="bytes">The budget.</param>
/// <param name="failed">Told why a listing or a deletion failed; the next sixteenth tries again.</param>
sealed class FeatureBudget(IObjectStore store, string folder, long bytes, Action<Exception> failed) : IDisposable
{
    const int Shares = 16;

    readonly Lock gate = new();
    readonly CancellationTokenSource stopping = new();
    readonly long share = Math.Max(1, bytes / Shares);

    // Nothing is known of what is there at the start: the first write asks for a listing.
    long unlisted = bytes;
    bool isListing;
    Task evicting = Task.CompletedTask;

    /// <summary>Largest file that is kept.</summary>
    public long Room { get; } = bytes - Math.Max(1, bytes / Shares);

    /// <summary>Done when no listing is under way that writes so far have asked for.</summary>
    public Task Settled
    {
        get
        {
            lock (gate)
                return evicting;
        }
    }

    /// <summary>Counts a file that was written. A listing that is due runs behind the write's back, one at a time.</summary>
    public void Written(long length)
    {
        lock (gate)
        {
            unlisted += length;
            if (unlisted < share || isListing)
                return;
            isListing = true;
            evicting = Task.Run(EvictWhileDue);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Cancel();

    async Task EvictWhileDue()
    {
        while (IsDue())
        {
            try
            {
                await Evict(stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, the next writes must find someone who keeps the budget.
                failed(e);
            }
        }
    }

    bool IsDue()
    {
        lock (gate)
        {
            isListing = unlisted >= share;
            if (isListing)
                unlisted = 0;
            return isListing;
        }
    }

    async Task Evict(CancellationToken cancellation)
    {
        var files = new List<ObjectInfo>();
        await foreach (var file in store.List(folder, cancellation))
            files.Add(file);
        var held = files.Sum(file => file.Length);
        foreach (var file in files.OrderBy(file => file.LastModified).ThenBy(file => file.Path, StringComparer.Ordinal))
        {
            if (held <= Room)
                return;

            // Another silo may have deleted it first; then it is gone all the same.
            await store.Delete(file.Path, cancellation);
            held -= file.Length;
        }
    }
}
