namespace MplugCluster.Benchmarks.Cluster;

/// <summary>Values of one case, over all rounds.</summary>
sealed class Samples
{
    readonly List<double> values = [];

    public int Count => values.Count;

    public double Median => At(0.5);

    public double Least => At(0);

    public double P95 => At(0.95);

    public void Add(double value) => values.Add(value);

    double At(double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));
}
