using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Verification;

/// <summary>
/// Starts a model on devices. A GPU begins to work only when it computes what the processor does: what it gets wrong would be kept for good, and shared.
/// </summary>
/// <param name="open">Loads the model on the device of a name.</param>
/// <param name="rounded">Whether the GPUs or the package compute in less than fp32.</param>
public sealed class CheckedDevices(Func<DeviceName, IInferenceEngine> open, bool rounded)
{
    /// <summary>The processor's numbers, computed once for all of the process's GPUs.</summary>
    readonly Lazy<DeviceProbe> expected = new(() =>
    {
        using var processor = open(DeviceName.Cpu);
        return new DeviceProbe(processor);
    });

    /// <summary>Loads the model on a device and, if that is a GPU, compares it with the processor.</summary>
    /// <exception cref="DeviceUnavailableException">The device is not there, or computes other numbers.</exception>
    public IInferenceEngine Start(DeviceName device)
    {
        var engine = open(device);
        try
        {
            if (device.CudaIndex is not null && expected.Value.Disagreement(new DeviceProbe(engine), rounded) is { } disagreement)
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
}
