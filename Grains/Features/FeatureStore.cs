using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>
/// The second tier: image features as files of the object store, one a picture, up to a byte budget; the oldest leave first.
/// A file that is damaged or of another format counts as absent and is removed. A store that fails costs this tier, never the request.
/// </summary>
public sealed partial class FeatureStore : IDisposable
{
    /// <summary>Where the files are in the store, by fingerprint.</summary>
    public const string Folder = "features";


    readonly IObjectStore store;
    readonly string fingerprint;
    readonly FeatureBudget budget;
    readonly ILogger<FeatureStore>? logger;
    int damaged;
    int failures;

    /// <summary>Features of one package; files of all packages count, because the budget is the disk's.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="fingerprint">The package.</param>
    /// <param name="budgetBytes">Bytes that the files of all silos may have together; 0 keeps none.</param>
    /// <param name="logger">Told when the store fails.</param>
    public FeatureStore(IObjectStore store, string fingerprint, long budgetBytes, ILogger<FeatureStore>? logger = null)
    {
        (this.store, this.fingerprint, this.logger) = (store, fingerprint, logger);
        budget = new FeatureBudget(store, Folder, budgetBytes, Failed);
    }

    /// <summary>Files found damaged since start.</summary>
    public int Damaged => Volatile.Read(ref damaged);

    /// <summary>Reads, writes and listings that failed since start.</summary>
    public int Failures => Volatile.Read(ref failures);

    /// <summary>Done when the budget is kept as far as the writes so far have asked for it.</summary>
    public Task Settled => budget.Settled;

    /// <summary>Reads a picture's features; null if they are not there.</summary>
    public async Task<ImageFeatures?> Read(string key, CancellationToken cancellation)
    {
        try
        {
            return await ReadFile(key, cancellation);
        }
        catch (StoreException e)
        {
            Failed(e);
            return null;
        }
    }

    /// <summary>Keeps a picture's features.</summary>
    public async Task Write(string key, ImageFeatures features, CancellationToken cancellation)
    {
        try
        {
            await WriteFile(key, features, cancellation);
        }
        catch (StoreException e)
        {
            Failed(e);
        }
    }

    /// <summary>Ends what runs in the background.</summary>
    public void Dispose() => budget.Dispose();

    async Task<ImageFeatures?> ReadFile(string key, CancellationToken cancellation)
    {
        if (budget.Room <= 0 || await store.Read(PathOf(key), cancellation) is not { } stored)
            return null;
        if (FeatureFile.Parse(stored.Content) is { } features)
            return features;
        Interlocked.Increment(ref damaged);
        await store.Delete(PathOf(key), cancellation);
        return null;
    }

    async Task WriteFile(string key, ImageFeatures features, CancellationToken cancellation)
    {
        var content = FeatureFile.Format(features);
        if (content.Length > budget.Room)
            return;
        await store.Write(PathOf(key), content, WriteCondition.None, cancellation);
        budget.Written(content.Length);
    }

    void Failed(Exception failure)
    {
        Interlocked.Increment(ref failures);
        if (logger is not null)
            LogFailure(logger, failure.Message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image features are not kept: {Reason}")]
    static partial void LogFailure(ILogger logger, string reason);

    string PathOf(string key) => $"{Folder}/{fingerprint}/{key[..2]}/{key}";
}
