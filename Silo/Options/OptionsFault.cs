namespace MplugCluster.Silo.Options;

/// <summary>One wrong setting.</summary>
/// <param name="Key">The setting, as <c>Mplug:Device:Devices</c>.</param>
/// <param name="Reason">What is wrong and what is allowed.</param>
public sealed record OptionsFault(string Key, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Reason}";
}
