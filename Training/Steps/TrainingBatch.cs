namespace MplugCluster.Training.Steps;

/// <summary>Pairs of a picture and a text that a step learns from together.</summary>
public sealed record TrainingBatch
{
    /// <summary>Normalised pictures <c>[B, 3, R, R]</c>.</summary>
    public required float[] Pixels { get; init; }

    /// <summary>Token ids <c>[B, T]</c>, padded.</summary>
    public required long[] Ids { get; init; }

    /// <summary>1 for tokens, 0 for padding, <c>[B, T]</c>.</summary>
    public required long[] Mask { get; init; }

    /// <summary>Which picture each pair is of, <c>[B]</c>; of two different ones at least.</summary>
    public required long[] Identities { get; init; }

    /// <summary>Random numbers from 0 to 0.999999 that choose a wrong picture for each text, <c>[B]</c>.</summary>
    public required float[] RandomImages { get; init; }

    /// <summary>Random numbers from 0 to 0.999999 that choose a wrong text for each picture, <c>[B]</c>.</summary>
    public required float[] RandomTexts { get; init; }

    /// <summary>Seed of what dropout drops; of no meaning without dropout. Default: 0.</summary>
    public int DropoutSeed { get; init; }
}
