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

    /// <summary>
    /// The object store: a directory, or <c>azure:container/prefix</c> of the account in <c>Mplug:Azure</c>. Default: <c>mplug</c> in the user's
    /// data directory (<c>~/.local/share</c>).
    /// </summary>
    public string Store { get; init; } = DefaultStore;

    /// <summary>The Azure account of the store and of sources.</summary>
    public AzureOptions Azure { get; init; } = new();

    /// <summary>What corpora may be filled from.</summary>
    public SourceOptions Sources { get; init; } = new();

    /// <summary>Devices of this silo.</summary>
    public DeviceOptions Device { get; init; } = new();

    /// <summary>Feature caches.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>What a picture may cost.</summary>
    public PictureOptions Pictures { get; init; } = new();

    /// <summary>Corpora.</summary>
    public CorpusOptions Corpora { get; init; } = new();

    /// <summary>Jobs.</summary>
    public JobOptions Jobs { get; init; } = new();

    /// <summary>The silo among the others.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    static string DefaultStore => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "mplug");
}
