namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Why one item of a request failed while the rest went on.</summary>
/// <param name="Code">Stable name: <c>unsupported</c>, <c>unreadable</c>, <c>too_large</c>, <c>missing</c>, <c>changed</c>.</param>
/// <param name="Reason">One line for people.</param>
[GenerateSerializer, Immutable, Alias("mplug.ItemError")]
public sealed record ItemError([property: Id(0)] string Code, [property: Id(1)] string Reason);
