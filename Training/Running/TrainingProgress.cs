namespace MplugCluster.Training.Running;

/// <summary>Where a run is.</summary>
/// <param name="Step">Steps done, over all epochs.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Loss">Loss of the last step.</param>
/// <param name="Left">Time that the rest will take, evaluations aside.</param>
public sealed record TrainingProgress(int Step, int Steps, int Epoch, double Loss, TimeSpan Left);
