using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Clusters;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Caches;

/// <summary>Shows and clears what the cluster keeps only to save time: features in its store, and in the memory of its silos.</summary>
sealed class CacheKeeper(IObjectStore store, MplugOptions options, ClusterView cluster)
{
    /// <summary>Sizes and limits as they are now. The store is listed for it.</summary>
    public async Task<CacheReport> Show(CancellationToken cancellation)
    {
        var (files, models) = (0L, new SortedDictionary<string, long>(StringComparer.Ordinal));
        await foreach (var file in FeatureFiles.List(store, cancellation))
        {
            var model = FeatureFiles.ModelOf(file.Path);
            models[model] = models.GetValueOrDefault(model) + file.Length;
            files++;
        }

        var silos = (await cluster.Look(cancellation)).Silos.Select(silo => silo.Cache).OfType<CacheInfo>().ToArray();
        return new CacheReport(
            new CachedFeatures(files, models.Values.Sum(), options.Cache.StoreBytes, models),
            new CachedMemory(silos.Sum(silo => silo.Bytes), silos.Sum(silo => silo.BudgetBytes)));
    }

    /// <summary>Deletes what the request names. If the client goes, what is gone by then is gone.</summary>
    public async Task<CacheCleared> Clear(CacheClearing request, CancellationToken cancellation)
    {
        if (!request.Features)
            throw Problems.InvalidRequest("The request says nothing to delete; set 'features' to true.");
        var (files, bytes) = (0L, 0L);
        await foreach (var file in FeatureFiles.List(store, cancellation))
        {
            if (await store.Delete(file.Path, cancellation))
                (files, bytes) = (files + 1, bytes + file.Length);
        }

        return new CacheCleared(files, bytes);
    }
}
