namespace MplugCluster.Grains.Jobs;

/// <summary>A stage of a job's blocks.</summary>
/// <param name="Name">Its name, in progress and messages.</param>
/// <param name="Weight">Its usual share of the work; the weights of a job add up to 1.</param>
/// <param name="Bisects">Whether some items of a part can be tried without the others, to find one that kills.</param>
sealed record JobStage(string Name, double Weight, bool Bisects = false);
