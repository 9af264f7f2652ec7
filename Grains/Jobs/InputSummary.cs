namespace MplugCluster.Grains.Jobs;

/// <summary>A job's input, read and cut into blocks.</summary>
/// <param name="Folder">Folder of the blocks within the job's input: the hash of an input that was sent along, else a name of its own.</param>
/// <param name="Blocks">Blocks of it.</param>
/// <param name="Items">Items in them.</param>
/// <param name="Captions">Captions of an evaluate job.</param>
sealed record InputSummary(string Folder, int Blocks, long Items, long Captions = 0);
