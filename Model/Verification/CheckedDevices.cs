using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Verification;

/// <summary>
/// Starts a model on devices. A GPU begins to work only when it computes what the processor does: what it gets wrong would be kept for good, and shared.
/// </summary>
/// <param name="open">Loads the model on the device of a name.</param>
/// <param name="rounded">Whether the GPUs or the package compute in less than fp32.</param>
public sealed class CheckedDevices(Func<DeviceName, IInferenceEngine> open, bool rounded)
{
    readonly Lock gate = new();

    /// <summary>The processor's numbers, computed once for all of the process's GPUs.</summary>
    DeviceProbe? expected;

    /// <summary>Loads the model on a device and, if that is a GPU, compares it with the processor.</summary>
    /// <exception cref="DeviceUnavailableException">The device is not there, or computes other numbers.</exception>
    public IInferenceEngine Start(DeviceName device)
    {
        var engine = open(device);
        try
        {
            if (device.CudaIndex is not null && Expected(device).Disagreement(new DeviceProbe(engine), rounded) is { } disagreement)
            {
                throw DeviceUnavailableException.At(
                    device,
                    $"it computes other numbers than the processor: {disagreement}. Check its memory (nvidia-smi -q -d ECC) and driver; "
                    + "Mplug__Device__GpuCheck=false leaves this comparison out.");
            }

            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>A failure is not kept: the processor may have had no memory for a moment, and the next GPU tries again.</summary>
    DeviceProbe Expected(DeviceName device)
    {
        lock (gate)
        {
            if (expected is not null)
                return expected;
            try
            {
                using var processor = open(DeviceName.Cpu);
                var probe = new DeviceProbe(processor);
                if (!probe.IsFinite)
                    throw new InvalidDataException("its numbers of a made-up picture and texts are none (NaN); so is the package at fault");
                return expected = probe;
            }
            catch (Exception e)
            {
                throw DeviceUnavailableException.At(
                    device,
                    $"it could not be compared with the processor, which failed: {RuntimeMessage.Of(e).TrimEnd('.')}. Mplug__Device__GpuCheck=false leaves the comparison out.",
                    e);
            }
        }
    }
}
