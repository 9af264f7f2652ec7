using System.Runtime.CompilerServices;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Caches;
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
    /// <summary>Lists them; a directory that is no store has none, and stays as it is.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<StoredFeatures> Measure(MplugOptions options, CancellationToken cancellation)
    {
        var (files, models) = (0L, new SortedDictionary<string, long>(StringComparer.Ordinal));
        await foreach (var (path, bytes, _) in List(options, cancellation))
        {
            var model = FeatureFiles.ModelOf(path);
            models[model] = models.GetValueOrDefault(model) + bytes;
            files++;
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
        await foreach (var (_, length, delete) in List(options, cancellation))
        {
            if (await delete())
                (files, bytes) = (files + 1, bytes + length);
            progress(files);
        }

        return (files, bytes);
    }

    /// <summary>Asked before anything is deleted: a directory that is there must be a store. One that is not there yet has nothing to delete.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static void ThrowIfNoStore(MplugOptions options)
    {
        if (ObjectStores.IsDirectory(options.Store) && Directory.Exists(options.Store) && !StoreFolder.IsStore(options.Store))
        {
            throw new UsageException(
                $"'{options.Store}' is no store of mplug; nothing was deleted. Write --store with the directory that mplug or a Gateway has used as its store.");
        }
    }

    static async IAsyncEnumerable<(string Path, long Bytes, Func<Task<bool>> Delete)> List(
        MplugOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (ObjectStores.IsDirectory(options.Store))
        {
            var root = Path.GetFullPath(options.Store);
            foreach (var file in StoreFolder.IsStore(root) ? StoreFolder.List(root) : [])
            {
                cancellation.ThrowIfCancellationRequested();
                file.Refresh();
                if (file.Exists)
                    yield return (StoreFolder.PathOf(root, file), file.Length, () => Task.FromResult(StoreFolder.Delete(file)));
            }

            yield break;
        }

        var store = ObjectStores.Open(options.Store, new AzureAccount(options.Azure.ConnectionString, options.Azure.ServiceUrl), createsContainer: false);
        await foreach (var file in FeatureFiles.List(store, cancellation))
            yield return (file.Path, file.Length, () => store.Delete(file.Path, cancellation));
    }
}
