using MplugCluster.Model.Evaluation;

namespace MplugCluster.Training.Saving;

/// <summary>How far a run has come.</summary>
/// <param name="Epoch">The epoch that comes next or goes on, from 0.</param>
/// <param name="Step">Its next step, from 0.</param>
/// <param name="Best">Highest r_mean so far; below 0 before the first evaluation.</param>
/// <param name="BestEpoch">Its epoch.</param>
/// <param name="BestMetrics">Its metrics; null without validation.</param>
sealed record RunProgress(int Epoch, int Step, float Best, int BestEpoch, RecallMetrics? BestMetrics = null);
