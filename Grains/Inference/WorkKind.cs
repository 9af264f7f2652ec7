namespace MplugCluster.Grains.Inference;

/// <summary>One kind of a device's work: what a unit of it costs, as far as is known, and how many units were done.</summary>
/// <param name="name">For metrics: <c>image</c>, <c>text</c>, <c>pair</c>.</param>
/// <param name="firstGuessMs">Milliseconds a unit, before any was measured.</param>
/// <param name="activity">What it is of a job's work.</param>
sealed class WorkKind(string name, double firstGuessMs, WorkActivity activity)
{
    readonly RunningMean mean = new(firstGuessMs);
    long done;

    public string Name => name;

    public WorkActivity Activity => activity;

    public double MeanMs => mean.Value;

    public long Done => Interlocked.Read(ref done);

    public void Add(double totalMs, int units)
    {
        mean.Add(totalMs, units);
        Interlocked.Add(ref done, units);
    }
}
