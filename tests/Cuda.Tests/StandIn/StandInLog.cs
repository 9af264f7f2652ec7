using System.Runtime.InteropServices;

namespace MplugCluster.Cuda.Tests.StandIn;

/// <summary>What the stand-in has counted; <c>struct log</c> of <c>cudart.c</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct StandInLog
{
    /// <summary>Blocks of device memory that were taken.</summary>
    public readonly long Allocations;

    /// <summary>Bytes of device memory that are taken now.</summary>
    public readonly long LiveBytes;

    /// <summary>The most that were taken at a time.</summary>
    public readonly long PeakBytes;

    /// <summary>Blocks of pinned host memory that are taken now.</summary>
    public readonly long HostBlocks;

    /// <summary>Bytes copied from the host to the device.</summary>
    public readonly long ToDeviceBytes;

    /// <summary>Bytes copied from the device to the host.</summary>
    public readonly long ToHostBytes;

    /// <summary>Bytes copied inside the device.</summary>
    public readonly long OnDeviceBytes;

    /// <summary>Kernels that were started.</summary>
    public readonly long Launches;

    /// <summary>CUDA graphs that were recorded.</summary>
    public readonly long Captures;

    /// <summary>How often one was replayed.</summary>
    public readonly long Replays;

    /// <summary>What no program may do: copies whose kind contradicts their addresses, memory that is used or freed and was not taken.</summary>
    public readonly long Faults;

    /// <summary>Blocks of the program's own memory that are pinned now.</summary>
    public readonly long PinnedBlocks;

    /// <summary>Copies from the device to the host.</summary>
    public readonly long ToHostCopies;
}
