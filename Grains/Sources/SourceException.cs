namespace MplugCluster.Grains.Sources;

/// <summary>
/// A source cannot be used as it was asked for: a setting does not allow it, its address is wrong, or it is not of the kind that was named. The
/// message says what to change. A source that fails is a <see cref="Storage.StoreException"/>.
/// </summary>
[GenerateSerializer, Alias("mplug.SourceException")]
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
