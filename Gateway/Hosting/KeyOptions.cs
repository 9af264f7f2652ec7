namespace MplugCluster.Gateway.Hosting;

/// <summary>
/// Keys of the HTTP door: section <c>Mplug:Gateway:Keys</c>. Each is a list separated by commas, so that a key can be changed while the one before
/// still works. A key may do all that those before it may.
/// </summary>
public sealed record KeyOptions
{
    /// <summary>Keys that may look, search, score and embed. Default: none.</summary>
    public string Read { get; init; } = "";

    /// <summary>Keys that may also upload, fill corpora and run jobs. Default: none.</summary>
    public string Write { get; init; } = "";

    /// <summary>Keys that may also delete corpora and see to the cluster. Default: none; <c>Mplug:Gateway:Token</c> is one too.</summary>
    public string Admin { get; init; } = "";

    internal IReadOnlyList<string> Of(Security.AccessRight right) => Split(right switch
    {
        Security.AccessRight.Read => Read,
        Security.AccessRight.Write => Write,
        _ => Admin,
    });

    static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
