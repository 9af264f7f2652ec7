namespace MplugCluster.Grains.Jobs.Planning;

/// <summary>What a job will cost, before it starts. Numbers of pictures are expectations: which candidates queries find is not known.</summary>
public sealed record JobEstimate
{
    /// <summary>Queries, pairs or pictures of the job.</summary>
    public required long Items { get; init; }

    /// <summary>Distinct pictures that the job scores or encodes, if candidates fell evenly.</summary>
    public required long DistinctPictures { get; init; }

    /// <summary>Pairs to score.</summary>
    public required long Pairs { get; init; }

    /// <summary>Texts that meet one picture, on average.</summary>
    public required double TextsPerPicture { get; init; }

    /// <summary>Bytes of all these pictures' tokens.</summary>
    public required long TokenBytes { get; init; }

    /// <summary>Pictures to encode, for their tokens are not in the feature store or have left it.</summary>
    public required long PicturesToEncode { get; init; }

    /// <summary>Encoding pictures and texts on all devices together, in seconds; null while no device knows.</summary>
    public required double? EncodeSeconds { get; init; }

    /// <summary>Scoring pairs on all devices together, in seconds; null while no device knows.</summary>
    public required double? ItmSeconds { get; init; }

    /// <summary>Encoding and scoring, in hours; null while no device knows. The search for candidates, on processors, is not in it.</summary>
    public required double? Hours { get; init; }

    /// <summary>Whether some device's speed is a first guess, for it has not done all such work since it started.</summary>
    public bool IsGuess { get; init; }

    /// <summary>Memory of all silos for the job: the corpus's embeddings, and the tokens of the parts in flight, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Devices that the times are for.</summary>
    public required int Devices { get; init; }

    /// <summary>Blocks of the job.</summary>
    public required long Blocks { get; init; }

    /// <summary>What the numbers mean for the one who asks.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
