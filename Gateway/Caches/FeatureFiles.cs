using System.Text.RegularExpressions;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Gateway.Caches;

/// <summary>
/// The image features in a store: what is kept there only to save time. What is not named as a cluster names features is somebody else's and stays. What
/// is deleted under a cluster's hands it computes again.
/// </summary>
public static partial class FeatureFiles
{
    /// <summary>Whether a path of a store is one that features are kept at.</summary>
    public static bool IsFeature(string path) => Shape().IsMatch(path);

    /// <summary>Lists them.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static IAsyncEnumerable<ObjectInfo> List(IObjectStore store, CancellationToken cancellation = default) =>
        store.List(FeatureStore.Folder, cancellation).Where(file => IsFeature(file.Path));

    /// <summary>Fingerprint of the model that made a file.</summary>
    public static string ModelOf(string path) => path.Split('/')[1];

    /// <summary>As FeatureStore writes them: the model's fingerprint, the first two digits of the key, the key.</summary>
    [GeneratedRegex(@"\A" + FeatureStore.Folder + @"/[0-9a-f]{32}/([0-9a-f]{2})/\1[0-9a-f]{62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
