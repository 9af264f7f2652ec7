namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>One part of a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Block">Its block; -1: reading the input.</param>
/// <param name="Stage">Stage of the block.</param>
/// <param name="Part">Part of the stage.</param>
/// <param name="BudgetMs">Time left for the call, in milliseconds.</param>
/// <param name="Poisoned">Items of the part, by their place, that killed silos: they are recorded as failed and not touched.</param>
/// <param name="ProbeFrom">With <paramref name="ProbeTo"/>: only these items are tried, and nothing is written; -1: the whole part.</param>
/// <param name="ProbeTo">First item that is not tried.</param>
[GenerateSerializer, Immutable, Alias("mplug.PartRequest")]
public sealed record PartRequest(
    [property: Id(0)] string Job,
    [property: Id(1)] int Block,
    [property: Id(2)] int Stage,
    [property: Id(3)] int Part,
    [property: Id(4)] int BudgetMs,
    [property: Id(5)] int[] Poisoned,
    [property: Id(6)] int ProbeFrom = -1,
    [property: Id(7)] int ProbeTo = -1);
