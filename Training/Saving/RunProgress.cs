namespace MplugCluster.Training.Saving;

/// <summary>How far a run has come.</summary>
/// <param name="Epoch">The epoch that comes next or goes on, from 0.</param>
/// <param name="Step">Its next step, from 0.</param>
/// <param name="Best">Highest r_mean so far; below 0 before the first evaluation.</param>
/// <param name="BestEpoch">Its epoch.</param>
sealed record RunProgress(int Epoch, int Step, float Best, int BestEpoch);
