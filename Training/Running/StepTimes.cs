using System.Diagnostics;

namespace MplugCluster.Training.Running;

/// <summary>Where the time of the last step went, in seconds.</summary>
sealed class StepTimes
{
    long began, loaded;

    /// <summary>Seconds that the step waited for its batches.</summary>
    public double Data { get; private set; }

    /// <summary>Seconds of the whole step.</summary>
    public double Iteration { get; private set; }

    public void Begin() => began = Stopwatch.GetTimestamp();

    public void Loaded() => (loaded, Data) = (Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(began).TotalSeconds);

    public void End() => Iteration = Data + Stopwatch.GetElapsedTime(loaded).TotalSeconds;
}
