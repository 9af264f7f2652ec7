using System.Diagnostics;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;
using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Data;
using MplugCluster.Training.Optimization;
using MplugCluster.Training.Saving;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Running;

/// <summary>
/// A whole training run: epochs of steps, an evaluation after each, checkpoints, logs, and a state from which a run that was cut off goes on to
/// exactly the same weights (on the processor, with the same number of threads; a GPU adds in an order of its own each time).
/// </summary>
/// <remarks>Source: AliceMind mPLUG retrieval_img_mplug.py main, train.</remarks>
public sealed class Trainer : IDisposable
{
    /// <summary>Batches that are decoded while a step runs.</summary>
    const int BatchesAhead = 2;

    readonly TrainedModel model;
    readonly TrainingOptions options;
    readonly TrainingSet set;
    readonly TextConvention convention;
    readonly TrainingStep step;
    readonly BatchLoader loader;
    readonly BatchOrder order;
    readonly LearningSchedule schedule;
    readonly EpochEvaluation? evaluation;
    readonly RunFolder folder;

    /// <summary>What the state on disk is of; null before one is written.</summary>
    RunProgress? saved;

    /// <summary>Prepares a run: reads the annotations, and writes and opens the graphs.</summary>
    /// <param name="model">What training begins with.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="TrainingDataException">The annotations or pictures cannot be used, or are too few for a step.</exception>
    /// <exception cref="Model.Checkpoints.CheckpointException">The model lacks a weight.</exception>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    /// <exception cref="TrainingMemoryException">Its memory is not enough.</exception>
    public Trainer(TrainedModel model, TrainingOptions options)
    {
        (this.model, this.options) = (model, options);
        set = TrainingSet.Load(options.TrainFiles, options.Images);
        convention = options.Convention ?? model.Convention;
        evaluation = options.ValidationFile is { } file
            ? new(file, options.ValidationSplit, options.ValidationImages ?? options.Images, convention, options.EvaluationCandidates)
            : null;
        order = new BatchOrder(set, options.Step.Batch, options.Seed);
        StepsPerEpoch = order.Batches / options.Step.Accumulate;
        if (StepsPerEpoch == 0)
        {
            throw new TrainingDataException(
                $"The training data have {set.Pairs.Count} captions; a step takes {options.Step.Batch * options.Step.Accumulate}. Use a smaller --batch.");
        }

        schedule = new LearningSchedule(options.Schedule, options.Epochs, StepsPerEpoch);
        folder = RunFolder.Open(model, options);
        step = new TrainingStep(model.Config, options.Step);
        step.Load(model.Weights, options.Seed);
        loader = new BatchLoader(
            set,
            new AugmentedPictures(model.Config.ImageResolution, options.Augmentation, convention.AppliesOrientation()),
            CaptionTokenizer.Load(model.VocabularyPath),
            convention,
            options.Seed,
            options.DecodeThreads > 0 ? options.DecodeThreads
            : options.Step.Engine.Device.CudaIndex is not null ? Environment.ProcessorCount
            : Math.Max(1, Environment.ProcessorCount / 2));
    }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Pictures that are evaluated with, and how many of them are trained on too: recall among those says little about others.</summary>
    public (int All, int Trained) ValidationPictures
    {
        get
        {
            var pictures = evaluation?.Pictures.ToHashSet(StringComparer.Ordinal) ?? [];
            var all = pictures.Count;
            pictures.ExceptWith(set.Pairs.Select(pair => Path.GetFullPath(pair.Picture)));
            return (all, all - pictures.Count);
        }
    }

    /// <summary>Opens a device and leaves it again: what is missing shows before a model and data are read for it.</summary>
    /// <exception cref="DeviceUnavailableException">It is not there.</exception>
    public static void CheckDevice(EngineOptions engine) => new TensorDevice(engine).Dispose();

    /// <summary>Trains to the end.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Ends the run after a step, with its state written.</param>
    /// <exception cref="DivergedException">A loss is no number any more.</exception>
    /// <exception cref="TrainingMemoryException">The device's memory is not enough.</exception>
    /// <exception cref="TrainingDataException">A picture cannot be decoded; the state after the last step is written.</exception>
    /// <exception cref="IOException">A checkpoint, log or state cannot be written; the state after the last step is, where the disk allows.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a right.</exception>
    public TrainingSummary Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var settings = RunSettings.Of(model, options, set, convention);
        var run = options.Resume ? folder.Resume(step.State, settings) : new RunProgress(0, 0, -1, 0);
        saved = options.Resume ? run : null;
        RecallMetrics? last = null;
        for (; run.Epoch < options.Epochs; run = run with { Epoch = run.Epoch + 1, Step = 0 })
        {
            try
            {
                Epoch(ref run, settings, progress, cancellation);
                if (evaluation is not null)
                    Save(run, settings);
                (last, var better) = Evaluate(run, cancellation);
                if (better)
                {
                    // Its files come first: a state that knows of a best epoch without them would never write them.
                    folder.SaveBest(step.State);
                    run = run with { Best = (float)(last?.Mean ?? -1), BestEpoch = run.Epoch, BestMetrics = last };
                }

                if ((run.Epoch + 1) % options.SaveEpochs == 0)
                    folder.SaveEpoch(step.State, run.Epoch);
                Save(run with { Epoch = run.Epoch + 1, Step = 0 }, settings);
            }
            catch (OperationCanceledException)
            {
                // Between two steps, or while the next batch was waited for: the state is that after the last step either way.
                Save(run, settings);
                throw;
            }
            catch (Exception e) when (ResumableFault.Is(e) && step.State.Steps > 0)
            {
                throw ResumableFault.With(e, Keep(run, settings));
            }
        }

        return new TrainingSummary(
            step.State.Steps, set.Pairs.Count, set.Pictures, run.BestEpoch, run.BestMetrics, last, folder.ExportPackage(convention), folder.BestCheckpoint);
    }

    /// <inheritdoc/>
    public void Dispose() => step.Dispose();

    void Epoch(ref RunProgress run, string settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var (epoch, accumulate) = (run.Epoch, options.Step.Accumulate);
        var (began, first) = (Stopwatch.StartNew(), run.Step);
        var times = new StepTimes();
        using var batches = loader.Load(epoch, order.Of(epoch), run.Step * accumulate, BatchesAhead * accumulate, cancellation).GetEnumerator();
        for (var number = run.Step; number < StepsPerEpoch; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            times.Begin();
            var taken = new List<TrainingBatch>();
            while (taken.Count < accumulate && batches.MoveNext())
                taken.Add(batches.Current);
            times.Loaded();
            var rates = schedule.At(epoch, number);
            var result = step.Run(taken, rates);
            times.End();
            run = run with { Step = number + 1 };
            if ((number + 1) % options.LogSteps == 0 || number + 1 == StepsPerEpoch)
                folder.Log(epoch, number + 1, StepsPerEpoch, rates, result, times, step.State);
            if ((number + 1) % options.StateSteps == 0 && number + 1 < StepsPerEpoch)
                Save(run, settings);
            var (done, all) = (epoch * StepsPerEpoch + number + 1, options.Epochs * StepsPerEpoch);
            progress?.Report(new TrainingProgress(done, all, epoch, result.Loss, began.Elapsed / (number + 1 - first) * (all - done)));
        }
    }

    /// <summary>Writes the state, if the one on disk is of another step.</summary>
    void Save(RunProgress run, string settings)
    {
        if (run == saved)
            return;
        folder.SaveState(step.State, run, settings);
        saved = run;
    }

    /// <summary>Writes the state after a failure, and says what came of it. That it cannot be written is the lesser news, no failure of its own.</summary>
    string Keep(RunProgress run, string settings)
    {
        try
        {
            Save(run, settings);
            return $"The state after step {step.State.Steps} is saved: once the cause is put right, the same command with --resume goes on.";
        }
        catch (Exception e) when (ResumableFault.IsOfDisk(e))
        {
            var before = saved is null ? "" : " --resume goes on from the state before it.";
            return $"The state after step {step.State.Steps} cannot be saved: {e.Message.TrimEnd('.')}.{before}";
        }
    }

    /// <summary>Metrics of the weights as they are, and whether they are the best so far; without validation the newest are.</summary>
    (RecallMetrics? Metrics, bool Better) Evaluate(RunProgress run, CancellationToken cancellation)
    {
        if (evaluation is null)
            return (null, true);
        var directory = folder.WriteEvaluated(step.State, convention);
        step.Release();
        try
        {
            var (reranked, byItc) = evaluation.Run(ModelPackage.Open(directory, checkContent: false), options.Step.Engine, cancellation);
            folder.LogEvaluation(run.Epoch, reranked, byItc);
            return (reranked, (float)reranked.Mean > run.Best);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
