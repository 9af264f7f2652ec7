namespace MplugCluster.Grains.Jobs.Running;

/// <summary>How fast a job gets on: from the shares of the work that were done at moments of the last minutes.</summary>
sealed class JobSpeed(TimeProvider time)
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    readonly Queue<(long At, double Fraction)> samples = new();
    (long At, double Fraction) last;

    /// <summary>Notes a share.</summary>
    public void Note(double fraction)
    {
        last = (time.GetTimestamp(), fraction);
        samples.Enqueue(last);
        while (samples.Count > 2 && time.GetElapsedTime(samples.Peek().At, last.At) > Window)
            samples.Dequeue();
    }

    /// <summary>Share of the work per second; 0 while unknown.</summary>
    public double PerSecond
    {
        get
        {
            if (samples.Count < 2)
                return 0;
            var first = samples.Peek();
            var seconds = time.GetElapsedTime(first.At, last.At).TotalSeconds;
            return seconds > 0 ? Math.Max(0, (last.Fraction - first.Fraction) / seconds) : 0;
        }
    }
}
