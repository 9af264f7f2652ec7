using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Optimization;

/// <summary>Learning rates and alpha of every step.</summary>
/// <remarks>
/// Source: AliceMind mPLUG scheduler/cosine_lr.py, retrieval_img_mplug.py. There the warm-up moves every 100 steps of the first epoch, once for each
/// <c>warmup_epochs</c>, from <c>warmup_lr</c> to the highest rate; then each epoch has one rate, of a cosine over all epochs.
/// </remarks>
sealed class LearningSchedule(ScheduleOptions options, int epochs, int stepsPerEpoch)
{
    /// <summary>What holds for a step.</summary>
    /// <param name="epoch">Its epoch, from 0.</param>
    /// <param name="step">Its number within the epoch, from 0.</param>
    public StepRates At(int epoch, int step) => new(Alpha(epoch, step), Rate(options.Rate, epoch, step), Rate(options.VisionRate, epoch, step));

    double Alpha(int epoch, int step) =>
        options.WarmUpAlpha && epoch == 0 ? options.Alpha * Math.Min(1, step / (double)stepsPerEpoch) : options.Alpha;

    double Rate(double highest, int epoch, int step)
    {
        var total = epoch * stepsPerEpoch + step;
        if (!options.PerStep)
            return total < options.WarmupSteps && epoch == 0 ? options.WarmupRate : Cosine(highest, epoch / (double)epochs);
        return total < options.WarmupSteps
            ? options.WarmupRate + (highest - options.WarmupRate) * total / options.WarmupSteps
            : Cosine(highest, (total - options.WarmupSteps) / (double)Math.Max(1, epochs * stepsPerEpoch - options.WarmupSteps));
    }

    double Cosine(double highest, double share) => options.MinRate + (highest - options.MinRate) * (1 + Math.Cos(Math.PI * share)) / 2;
}
