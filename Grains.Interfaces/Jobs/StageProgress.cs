namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>One stage of the blocks that a job is working on.</summary>
/// <param name="Name"><c>candidates</c>, <c>pairs</c>, <c>merge</c>, ...</param>
/// <param name="Done">Parts done, over the blocks that are being worked on.</param>
/// <param name="Total">Parts there are in them, as far as they are known.</param>
[GenerateSerializer, Immutable, Alias("mplug.StageProgress")]
public sealed record StageProgress([property: Id(0)] string Name, [property: Id(1)] long Done, [property: Id(2)] long Total);
