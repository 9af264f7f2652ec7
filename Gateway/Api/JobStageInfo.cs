namespace MplugCluster.Gateway.Api;

/// <summary>One stage of a job's blocks.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Done">Parts done, over the blocks that have been opened.</param>
/// <param name="Total">Parts there are in them, as far as they are known.</param>
public sealed record JobStageInfo(string Name, long Done, long Total);
