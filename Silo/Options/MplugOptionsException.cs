namespace MplugCluster.Silo.Options;

/// <summary>Settings are wrong; the message lists all of them.</summary>
public sealed class MplugOptionsException(IReadOnlyList<OptionsFault> faults)
    : Exception($"{faults.Count} wrong setting{(faults.Count == 1 ? "" : "s")}:\n  {string.Join("\n  ", faults)}")
{
    /// <summary>The faults.</summary>
    public IReadOnlyList<OptionsFault> Faults { get; } = faults;
}
