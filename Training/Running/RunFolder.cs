using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;
using MplugCluster.Training.Data;
using MplugCluster.Training.Saving;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Running;

/// <summary>The work directory of a run: <c>checkpoints/</c>, <c>best/</c>, <c>package/</c>, <c>log.txt</c>, <c>log.jsonl</c> and <c>state.safetensors</c>.</summary>
sealed class RunFolder
{
    const string StateFile = "state.safetensors";

    readonly TrainedModel model;
    readonly string directory;
    readonly CheckpointFolder checkpoints;
    readonly TrainingLog log;

    RunFolder(TrainedModel model, TrainingOptions options)
    {
        (this.model, directory) = (model, options.WorkDirectory);
        checkpoints = new CheckpointFolder(model, options.Step.Queue);
        log = new TrainingLog(directory);
        CheckpointFolder.TakeBack(BestCheckpoint);
    }

    /// <summary>Checkpoint directory of the best epoch.</summary>
    public string BestCheckpoint => Path.Combine(directory, "best");

    string StatePath => Path.Combine(directory, StateFile);

    /// <summary>Takes a directory into use.</summary>
    /// <exception cref="TrainingDataException">It holds another run, or none to resume.</exception>
    public static RunFolder Open(TrainedModel model, TrainingOptions options)
    {
        Directory.CreateDirectory(options.WorkDirectory);
        var state = Path.Combine(options.WorkDirectory, StateFile);
        if (!options.Resume && Directory.EnumerateFileSystemEntries(options.WorkDirectory).Any())
        {
            throw new TrainingDataException(
                $"The work directory '{options.WorkDirectory}' is not empty. Use --resume to go on with the run in it, or another directory.");
        }

        return options.Resume && !File.Exists(state)
            ? throw new TrainingDataException($"There is nothing to resume: '{state}' is not there. Without --resume a run begins.")
            : new RunFolder(model, options);
    }

    /// <summary>Takes the state of an earlier run.</summary>
    public RunProgress Resume(TrainingState state, string settings)
    {
        var progress = ResumeFile.Read(StatePath, state, settings);
        log.Write(("resumed", true), ("epoch", progress.Epoch), ("step", progress.Step));
        return progress;
    }

    /// <summary>Writes the state for resuming.</summary>
    public void SaveState(TrainingState state, RunProgress progress, string settings) => ResumeFile.Write(StatePath, state, progress, settings);

    /// <summary>Writes the best checkpoint so far.</summary>
    public void SaveBest(TrainingState state) => checkpoints.Write(new StateWeights(state), BestCheckpoint);

    /// <summary>Writes an epoch's checkpoint.</summary>
    public void SaveEpoch(TrainingState state, int epoch) =>
        checkpoints.Write(new StateWeights(state), Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "checkpoints")).FullName, $"epoch_{epoch}"));

    /// <summary>Writes a package of the weights as they are, to be evaluated and deleted.</summary>
    public string WriteEvaluated(TrainingState state, TextConvention convention)
    {
        var target = Path.Combine(directory, "evaluated");
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        PackageBuilder.Write(new StateWeights(state), model.Config, convention, model.VocabularyPath, "training", target);
        return target;
    }

    /// <summary>Makes the package of the best checkpoint.</summary>
    public string ExportPackage(TextConvention convention)
    {
        var target = Path.Combine(directory, "package");
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        using var best = CheckpointFile.Open(Path.Combine(BestCheckpoint, CheckpointFolder.SafetensorsFile));
        PackageBuilder.Write(best, model.Config, convention, model.VocabularyPath, Path.GetFileName(Path.GetFullPath(directory)), target);
        return target;
    }

    /// <summary>A line about a step.</summary>
    public void Log(int epoch, int step, int steps, StepRates rates, StepResult result, StepTimes times, TrainingState state) => log.Write(
        ("epoch", epoch),
        ("step", step),
        ("steps", steps),
        ("lr", rates.Rate),
        ("vision_lr", rates.VisionRate),
        ("alpha", rates.Alpha),
        ("temp", (double)state.Temperature),
        ("loss", result.Loss),
        ("loss_ita", result.ContrastiveLoss),
        ("loss_itm", result.MatchingLoss),
        ("grad_norm", result.GradientNorm),
        ("data_time", times.Data),
        ("iter_time", times.Iteration));

    /// <summary>A line about an evaluation.</summary>
    public void LogEvaluation(int epoch, RecallMetrics reranked, RecallMetrics byItc) => log.Write(
        ("epoch", epoch),
        ("val_txt_r1", reranked.TextRecall1),
        ("val_txt_r5", reranked.TextRecall5),
        ("val_txt_r10", reranked.TextRecall10),
        ("val_img_r1", reranked.ImageRecall1),
        ("val_img_r5", reranked.ImageRecall5),
        ("val_img_r10", reranked.ImageRecall10),
        ("val_r_mean", reranked.Mean),
        ("val_itc_txt_r1", byItc.TextRecall1),
        ("val_itc_img_r1", byItc.ImageRecall1),
        ("val_itc_r_mean", byItc.Mean));
}
