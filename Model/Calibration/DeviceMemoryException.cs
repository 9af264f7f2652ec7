using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Calibration;

/// <summary>A device's memory is not enough for the smallest run there is.</summary>
/// <param name="device">The device.</param>
/// <param name="work">What was run.</param>
/// <param name="inner">What the runtime said.</param>
public sealed class DeviceMemoryException(string device, BatchWork work, Exception inner) : Exception(
    $"Device {device} has no memory for even one {Unit(work)} at a time: {RuntimeMessage.Of(inner).TrimEnd('.')}. "
    + "Free memory of it, allow it more (Mplug__Device__GpuMemoryBytes), or use a smaller model or precision.",
    inner)
{
    static string Unit(BatchWork work) => work switch
    {
        BatchWork.Images => "picture",
        BatchWork.Texts => "text",
        _ => "pair",
    };
}
