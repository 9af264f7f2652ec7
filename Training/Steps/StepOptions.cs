using MplugCluster.Model.Inference;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>How a training step works.</summary>
/// <remarks>Source: AliceMind mPLUG configs/retrieval_flickr30k_mplug_large.yaml.</remarks>
public sealed record StepOptions
{
    /// <summary>Pairs of a batch, at least 2. Default: 128.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Batches whose gradients are averaged before the weights move. Default: 1.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Rows of the queues of momentum embeddings, at least a batch. Default: 65536.</summary>
    public int Queue { get; init; } = 65_536;

    /// <summary>Share of the momentum copies that stays at each batch. Default: 0.995.</summary>
    public double Momentum { get; init; } = 0.995;

    /// <summary>
    /// Lowest temperature; a lower one is set to it after a step. Default: 0.001, as in ALBEF's pre-training; mPLUG's own fine-tuning, whose
    /// temperature stays near 0.07, has none.
    /// </summary>
    public double MinTemperature { get; init; } = 0.001;

    /// <summary>
    /// Probability with which an element is dropped: in text and fusion encoder after embeddings, projections and feed-forward layers and among the
    /// shares of attention, and after <c>visn_layer_norm</c>. The momentum encoders drop nothing. Default: 0; published: 0.1.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Whether the transformer layers' inner values are forgotten after the forward pass and computed again in the backward pass: much less memory for
    /// a large batch or many layers, about a quarter more time, and the same numbers but for rounding. Default: false.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>The optimiser.</summary>
    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>Device and threads. Default: the processor, all cores.</summary>
    public EngineOptions Engine { get; init; } = new();
}
