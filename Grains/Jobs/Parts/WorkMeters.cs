using MplugCluster.Grains.Inference;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>The meters of a silo: one for each job on each device, as long as a part of it runs there.</summary>
sealed class WorkMeters(TimeProvider? time = null)
{
    readonly Dictionary<(string Job, string Device), Shared> meters = [];

    /// <summary>A part begins.</summary>
    public WorkMeter Enter(string job, string device)
    {
        lock (meters)
        {
            if (!meters.TryGetValue((job, device), out var shared))
                meters[(job, device)] = shared = new Shared(new WorkMeter(time));
            shared.Parts++;
            return shared.Meter;
        }
    }

    /// <summary>A part has ended; the last one takes the meter along.</summary>
    public void Leave(string job, string device)
    {
        lock (meters)
        {
            if (--meters[(job, device)].Parts == 0)
                meters.Remove((job, device));
        }
    }

    sealed class Shared(WorkMeter meter)
    {
        public WorkMeter Meter => meter;

        public int Parts { get; set; }
    }
}
