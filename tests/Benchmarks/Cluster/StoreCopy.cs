namespace MplugCluster.Benchmarks.Cluster;

/// <summary>A store that is gone when it is disposed of.</summary>
sealed record StoreCopy(string Path) : IDisposable
{
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
