using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs;

/// <summary>All that a job has in the store.</summary>
static class JobFiles
{
    /// <summary>
    /// Deletes it. The plan goes first: with it gone the job is gone, and a part that still runs somewhere finds nothing to go on with. The index
    /// entry goes last: what a deletion leaves that breaks off is found by it.
    /// </summary>
    public static async Task Delete(IObjectStore store, string job, JobIndexEntry entry, CancellationToken cancellation)
    {
        await store.Delete(JobPaths.PlanOf(job), cancellation);
        await store.Delete(JobPaths.EndedOf(job), cancellation);
        await store.Delete(JobPaths.OpenOf(job), cancellation);
        if (entry.KeyHash is { } key)
            await DeleteKey(store, job, JobPaths.KeyOf(key), cancellation);
        if (entry.Corpus is { } corpus)
            await SegmentCollector.Unpin(store, corpus, JobPaths.PinOf(corpus, job), cancellation);
        await foreach (var file in store.List(JobPaths.FolderOf(job), cancellation))
            await store.Delete(file.Path, cancellation);
        await store.Delete(JobPaths.IndexOf(job), cancellation);
    }

    /// <summary>A deletion that is finished later finds that another job may have got the key meanwhile.</summary>
    static async Task DeleteKey(IObjectStore store, string job, string path, CancellationToken cancellation)
    {
        if (await store.Read(path, cancellation) is { } key && JobJson.Read<string>(key.Content) == job)
            await store.Delete(path, cancellation);
    }
}
