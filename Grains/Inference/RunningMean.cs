namespace MplugCluster.Grains.Inference;

/// <summary>A cost that is learned: an exponential mean of what a unit of work took. Written by one thread, read by any.</summary>
sealed class RunningMean(double firstGuess)
{
    const double Weight = 0.2;

    double mean = firstGuess;

    public double Value => Volatile.Read(ref mean);

    public void Add(double total, long units)
    {
        if (units > 0)
            Volatile.Write(ref mean, (1 - Weight) * mean + Weight * total / units);
    }
}
