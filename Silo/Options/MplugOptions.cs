namespace MplugCluster.Silo.Options;

/// <summary>
/// Everything that configures a silo: section <c>Mplug</c> of the configuration, so <c>Mplug__Cache__MemoryBytes</c> in the environment or
/// <c>--Mplug:Cache:MemoryBytes</c> on the command line.
/// </summary>
public sealed record MplugOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Mplug";

    /// <summary>Directory of the model package. Required.</summary>
    public string Model { get; init; } = "";

    /// <summary>Directory of the object store. Default: <c>mplug</c> in the user's data directory (<c>~/.local/share</c>).</summary>
    public string Store { get; init; } = DefaultStore;

    /// <summary>Devices of this silo.</summary>
    public DeviceOptions Device { get; init; } = new();

    /// <summary>Feature caches.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>What a picture may cost.</summary>
    public PictureOptions Pictures { get; init; } = new();

    /// <summary>Corpora.</summary>
    public CorpusOptions Corpora { get; init; } = new();

    /// <summary>The silo among the others.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    static string DefaultStore => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "mplug");
}
