using MplugCluster.Model.Text;
using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Optimization;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Running;

/// <summary>A training run.</summary>
public sealed record TrainingOptions
{
    /// <summary>Annotation files to train with.</summary>
    public required IReadOnlyList<string> TrainFiles { get; init; }

    /// <summary>Annotation file to evaluate with after every epoch. Default: none.</summary>
    public string? ValidationFile { get; init; }

    /// <summary>Split of <see cref="ValidationFile"/> that is taken if that is a Karpathy file. Default: val.</summary>
    public string ValidationSplit { get; init; } = "val";

    /// <summary>What paths of pictures are relative to. Default: each annotation file's own directory.</summary>
    public string? Images { get; init; }

    /// <summary>The same for <see cref="ValidationFile"/>. Default: <see cref="Images"/>.</summary>
    public string? ValidationImages { get; init; }

    /// <summary>Where checkpoints, logs and the state for resuming go.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Goes on where an earlier run in the same work directory was ended. Default: false.</summary>
    public bool Resume { get; init; }

    /// <summary>Times that every pair is seen. Default: 8.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Seed of the order, of augmentation and of negatives. Default: 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>How pictures are changed. Default: as in the reference.</summary>
    public AugmentationKind Augmentation { get; init; }

    /// <summary>How captions and pictures are prepared. Default: as the model says.</summary>
    public TextConvention? Convention { get; init; }

    /// <summary>Candidates that are reranked in evaluation. Default: 0, as many as the model says.</summary>
    public int EvaluationCandidates { get; init; }

    /// <summary>Epochs between checkpoints that are kept. Default: 1.</summary>
    public int SaveEpochs { get; init; } = 1;

    /// <summary>Steps after which the state for resuming is written, besides at the end of every epoch. Default: 500.</summary>
    public int StateSteps { get; init; } = 500;

    /// <summary>Steps between lines of the log. Default: 50.</summary>
    public int LogSteps { get; init; } = 50;

    /// <summary>Threads that decode pictures. Default: 0, half of the cores, all where a GPU computes.</summary>
    public int DecodeThreads { get; init; }

    /// <summary>The steps.</summary>
    public StepOptions Step { get; init; } = new();

    /// <summary>Learning rates and alpha.</summary>
    public ScheduleOptions Schedule { get; init; } = new();
}
