using System.Runtime.InteropServices;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// Pages of the host's memory that CUDA is told to leave where they are, so that the GPU reads and writes them itself. Of others the driver makes a copy
/// first, which takes longer than the transfer.
/// </summary>
static unsafe class PinnedPages
{
    /// <summary>What pages are aligned to.</summary>
    public const int Alignment = 4096;

    /// <summary>For all of the process's GPUs, not only the one that is current.</summary>
    const uint Portable = 1;

    /// <summary>CUDA's runtime, the newest that loads; the provider for GPUs has loaded its own by then. 0: there is none.</summary>
    static readonly Lazy<nint> Runtime = new(
        () => Names.Select(name => NativeLibrary.TryLoad(name, out var library) ? library : 0).FirstOrDefault(library => library != 0));

    /// <summary>What CUDA calls it.</summary>
    static IEnumerable<string> Names => OperatingSystem.IsWindows() ? ["cudart64_13.dll", "cudart64_12.dll"] : ["libcudart.so.13", "libcudart.so.12"];

    /// <summary>Pins memory. Where that cannot be, transfers take longer, and nothing else is different.</summary>
    /// <param name="device">The GPU, which becomes the thread's current one, as it does with every run of a session there.</param>
    /// <param name="memory">Where it begins.</param>
    /// <param name="bytes">How much.</param>
    /// <returns>Whether it is pinned now.</returns>
    public static bool TryPin(int device, void* memory, long bytes) =>
        Function("cudaHostRegister") is { } register
        && Chosen(device, () => ((delegate* unmanaged<void*, nuint, uint, int>)register)(memory, (nuint)bytes, Portable));

    /// <summary>Ends it.</summary>
    /// <returns>
    /// Whether the memory may be given back. A GPU that has failed may say no; the addresses then still mean the old pages to the other GPUs of the
    /// process, and must not be used for anything else.
    /// </returns>
    public static bool TryRelease(int device, void* memory) =>
        Function("cudaHostUnregister") is { } release && Chosen(device, () => ((delegate* unmanaged<void*, int>)release)(memory));

    /// <summary>Makes a call with a GPU as the current one; whether it went well.</summary>
    static bool Chosen(int device, Func<int> call)
    {
        if (Function("cudaSetDevice") is not { } choose || Function("cudaGetLastError") is not { } forget)
            return false;
        if (((delegate* unmanaged<int, int>)choose)(device) == 0 && call() == 0)
            return true;

        // Or the runtime would find the error after its next kernel, and take it for the kernel's.
        ((delegate* unmanaged<int>)forget)();
        return false;
    }

    static nint? Function(string name) => Runtime.Value != 0 && NativeLibrary.TryGetExport(Runtime.Value, name, out var function) ? function : null;
}
