using MplugCluster.Grains.Features;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cli.Cache;

/// <summary>
/// Image features in a store, looked at from outside: a cluster that runs on it need not be asked. What is deleted under its hands it computes again.
/// </summary>
/// <param name="Files">How many.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="ByModel">Bytes by the fingerprint of the model that made them.</param>
sealed record StoredFeatures(long Files, long Bytes, IReadOnlyDictionary<string, long> ByModel)
{
    /// <summary>Lists them.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<StoredFeatures> Measure(MplugOptions options, CancellationToken cancellation)
    {
        var (files, models) = (0L, new SortedDictionary<string, long>(StringComparer.Ordinal));
        if (Open(options) is { } store)
        {
            await foreach (var file in store.List(FeatureStore.Folder, cancellation))
            {
                var model = file.Path.Split('/') is [_, var fingerprint, ..] ? fingerprint : "";
                models[model] = models.GetValueOrDefault(model) + file.Length;
                files++;
            }
        }

        return new StoredFeatures(files, models.Values.Sum(), models);
    }

    /// <summary>Deletes them.</summary>
    /// <param name="options">The store.</param>
    /// <param name="progress">Told how many are gone.</param>
    /// <param name="cancellation">Stops it; what is gone is gone.</param>
    /// <returns>How many files and bytes.</returns>
    /// <exception cref="StoreException">The store fails.</exception>
    public static async Task<(long Files, long Bytes)> Delete(MplugOptions options, Action<long> progress, CancellationToken cancellation)
    {
        var (files, bytes) = (0L, 0L);
        if (Open(options) is { } store)
        {
            await foreach (var file in store.List(FeatureStore.Folder, cancellation))
            {
                if (await store.Delete(file.Path, cancellation))
                    (files, bytes) = (files + 1, bytes + file.Length);
                progress(files);
            }
        }

        return (files, bytes);
    }

    /// <summary>The store; null where there is none yet: looking must not make one.</summary>
    static IObjectStore? Open(MplugOptions options) => ObjectStores.IsDirectory(options.Store) && !Directory.Exists(options.Store)
        ? null
        : ObjectStores.Open(options.Store, new AzureAccount(options.Azure.ConnectionString, options.Azure.ServiceUrl), createsContainer: false);
}
