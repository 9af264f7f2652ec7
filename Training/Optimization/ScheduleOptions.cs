namespace MplugCluster.Training.Optimization;

/// <summary>How learning rates and alpha change during training.</summary>
/// <remarks>Source: AliceMind mPLUG configs/retrieval_flickr30k_mplug_large.yaml.</remarks>
public sealed record ScheduleOptions
{
    /// <summary>Highest learning rate of all weights but the vision transformer's. Default: 1e-5.</summary>
    public double Rate { get; init; } = 1e-5;

    /// <summary>Highest learning rate of the vision transformer. Default: 2e-6.</summary>
    public double VisionRate { get; init; } = 2e-6;

    /// <summary>Learning rate that the cosine ends at. Default: 1e-6.</summary>
    public double MinRate { get; init; } = 1e-6;

    /// <summary>Learning rate that training begins with. Default: 1e-5.</summary>
    public double WarmupRate { get; init; } = 1e-5;

    /// <summary>Steps from <see cref="WarmupRate"/> to the highest rate. Default: 100, as in the published configuration.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>
    /// Whether the cosine falls at every step. Default: false, it falls between epochs, as in the reference.
    /// </summary>
    public bool PerStep { get; init; }

    /// <summary>Share of the momentum encoders' opinion in the contrastive targets. Default: 0.4.</summary>
    public double Alpha { get; init; } = 0.4;

    /// <summary>Whether alpha grows from 0 during the first epoch. Default: true.</summary>
    public bool WarmUpAlpha { get; init; } = true;
}
