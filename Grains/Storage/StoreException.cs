namespace MplugCluster.Grains.Storage;

/// <summary>The store failed: full, read-only, gone, or a path it does not take. The message names path and cause.</summary>
[GenerateSerializer, Alias("mplug.StoreException")]
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether only the object that was asked for cannot be had, while the source itself answers.</summary>
    [Id(0)]
    public bool IsOfObject { get; init; }
}
