using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Calibration;

/// <summary>The batch sizes of an engine. They only ever become smaller: when memory was not enough for a run. Read by any thread, changed by one.</summary>
/// <param name="device">Name of the device.</param>
/// <param name="start">Sizes to begin with.</param>
/// <param name="remember">Keeps smaller sizes for the next start; throws <see cref="Packages.PackageException"/> where it cannot. Null: nobody does.</param>
/// <param name="before">Called before each run with the number of its units; by tests. Null: nothing.</param>
sealed class RunSizes(string device, BatchSizes start, Action<BatchSizes>? remember, Action<BatchWork, int>? before)
{
    BatchSizes current = start;
    bool toldUnremembered;

    /// <summary>Told of every run that was too large.</summary>
    public event Action<MemoryShortage>? Shortened;

    /// <summary>The sizes now.</summary>
    public BatchSizes Current
    {
        get => Volatile.Read(ref current);
        set => Volatile.Write(ref current, value);
    }

    /// <summary>Tries a run.</summary>
    /// <param name="work">Its kind.</param>
    /// <param name="units">Its size.</param>
    /// <param name="run">The run.</param>
    /// <param name="half">The sizes that half of it has.</param>
    /// <returns>Whether it is done; if not, it is to be repeated in halves.</returns>
    /// <exception cref="DeviceMemoryException">Memory is not even enough for one unit.</exception>
    public bool Try(BatchWork work, int units, Action run, Func<BatchSizes, BatchSizes> half)
    {
        try
        {
            before?.Invoke(work, units);
            run();
            return true;
        }
        catch (Exception e) when (MemoryFaults.Is(e) && !DeviceFaults.IsFinal(e))
        {
            if (units <= 1)
                throw new DeviceMemoryException(device, work, e);
            Current = Current.Least(half(Current));
            Shortened?.Invoke(new MemoryShortage(device, work, units, Current, RuntimeMessage.Of(e), Remember()));
            return false;
        }
    }

    string? Remember()
    {
        try
        {
            remember?.Invoke(Current);
            return null;
        }
        catch (Packages.PackageException e)
        {
            var first = !toldUnremembered;
            toldUnremembered = true;
            return first ? e.Message : null;
        }
    }
}
