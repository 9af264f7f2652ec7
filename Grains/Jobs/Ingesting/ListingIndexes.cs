using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>The listing that was last asked for is kept while there is memory for it: the blocks of a job ask for the same one. Thread-safe.</summary>
sealed class ListingIndexes
{
    readonly Lock turn = new();
    (string Folder, WeakReference<ListingIndex> Index)? last;

    public async Task<ListingIndex> Of(PartScope scope, CancellationToken cancellation)
    {
        var folder = $"{scope.Plan.Id}/{scope.Input!.Folder}";
        lock (turn)
        {
            if (last is { } kept && kept.Folder == folder && kept.Index.TryGetTarget(out var known))
                return known;
        }

        var index = await ListingIndex.Read(scope, cancellation);
        lock (turn)
            last = (folder, new WeakReference<ListingIndex>(index));
        return index;
    }
}
