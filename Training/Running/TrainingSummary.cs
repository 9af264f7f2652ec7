using MplugCluster.Model.Evaluation;

namespace MplugCluster.Training.Running;

/// <summary>What a run came to.</summary>
/// <param name="Steps">Optimiser steps, those before a resume included.</param>
/// <param name="Pairs">Pairs of the training set.</param>
/// <param name="Pictures">Pictures of the training set.</param>
/// <param name="BestEpoch">Epoch of the best r_mean, from 0; the last one without validation.</param>
/// <param name="Best">Metrics of that epoch; null without validation.</param>
/// <param name="Last">Metrics of the last epoch; null without validation, or when a resumed run had none left to evaluate.</param>
/// <param name="Package">Model package of the best epoch.</param>
/// <param name="Checkpoint">Checkpoint directory of the best epoch.</param>
public sealed record TrainingSummary(
    int Steps, int Pairs, int Pictures, int BestEpoch, RecallMetrics? Best, RecallMetrics? Last, string Package, string Checkpoint);
