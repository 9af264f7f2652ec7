namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>What a job does. Only append.</summary>
public enum JobKind
{
    /// <summary>Fills a corpus from a source.</summary>
    Ingest = 0,

    /// <summary>Ranks a corpus against many queries.</summary>
    Rank = 1,

    /// <summary>Scores pairs of a picture and a text.</summary>
    Score = 2,

    /// <summary>Recall@K and its kin of a set of pictures with captions.</summary>
    Evaluate = 3,
}
