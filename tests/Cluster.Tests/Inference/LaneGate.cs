using MplugCluster.Grains.Inference;

namespace MplugCluster.Cluster.Tests.Inference;

/// <summary>Keeps a lane's one thread busy until it is opened.</summary>
sealed class LaneGate : IDisposable
{
    readonly ManualResetEventSlim open = new();
    readonly Task held;

    public LaneGate(Lane lane)
    {
        using var begun = new ManualResetEventSlim();
        held = lane.Run(
            () =>
            {
                begun.Set();
                open.Wait();
                return 0;
            },
            0,
            Deadline.In(60_000),
            default);
        begun.Wait();
    }

    public void Open() => open.Set();

    public void Dispose()
    {
        open.Set();
        held.Wait();
        open.Dispose();
    }
}
