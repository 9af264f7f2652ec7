namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>A time during which a call was in one stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="FromMs">Beginning, in milliseconds after the call's.</param>
/// <param name="ToMs">End, in milliseconds after the call's beginning.</param>
[GenerateSerializer, Immutable, Alias("mplug.StageSpan")]
public readonly record struct StageSpan([property: Id(0)] WorkStage Stage, [property: Id(1)] double FromMs, [property: Id(2)] double ToMs);
