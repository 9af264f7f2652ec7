namespace MplugCluster.Training.Optimization;

/// <summary>How weights follow their gradients.</summary>
/// <remarks>Source: AliceMind mPLUG optim/optim_factory.py create_two_optimizer, configs/retrieval_flickr30k_mplug_large.yaml.</remarks>
public sealed record AdamWOptions
{
    /// <summary>Share of the mean gradient that stays at each step. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Share of the mean squared gradient that stays at each step. Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean squared gradient. Default: 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Share of a weight, times the learning rate, that is lost at each step. Default: 0.02.</summary>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>
    /// Whether biases and BERT's layer norms decay too, as in ModelScope's trainer. Default: false, as with AliceMind's two learning rates; CLIP's
    /// own norms and <c>visn_layer_norm</c> decay there nevertheless, and here as well.
    /// </summary>
    public bool DecayEverything { get; init; }

    /// <summary>Longest gradient, of all weights together; a longer one is shortened to it. Default: 0, none, as in the reference.</summary>
    public double ClipNorm { get; init; }
}
