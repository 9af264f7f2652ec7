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

    /// <summary>The library that ONNX Runtime's provider is linked to, and has loaded by then; 0: there is none.</summary>
    static readonly Lazy<nint> Runtime = new(() => Names
        .Select(name => NativeLibrary.TryLoad(name, out var library) ? library : 0).FirstOrDefault(library => library != 0));

    static IEnumerable<string> Names => OperatingSystem.IsWindows() ? ["cudart64_13.dll", "cudart64_12.dll"] : ["libcudart.so.13", "libcudart.so.12"];

    /// <summary>Pins memory. Where that cannot be, transfers take longer, and nothing else is different.</summary>
    /// <param name="device">The GPU, which becomes the thread's current one, as it does with every run of a session there.</param>
    /// <param name="memory">Where it begins.</param>
    /// <param name="bytes">How much.</param>
    /// <returns>Whether it is pinned now, and has to be <see cref="Release"/>d before it is given back.</returns>
    public static bool TryPin(int device, void* memory, long bytes)
    {
        if (Function("cudaSetDevice") is not { } choose || Function("cudaHostRegister") is not { } register || Function("cudaGetLastError") is not { } forget)
            return false;
        if (((delegate* unmanaged<int, int>)choose)(device) == 0 && ((delegate* unmanaged<void*, nuint, uint, int>)register)(memory, (nuint)bytes, Portable) == 0)
            return true;

        // Or the runtime would find it after its next kernel, and take it for the kernel's.
        ((delegate* unmanaged<int>)forget)();
        return false;
    }

    /// <summary>Ends it. A GPU that has failed answers with its failure; by then it no longer touches the memory.</summary>
    public static void Release(void* memory)
    {
        if (Function("cudaHostUnregister") is { } release)
            ((delegate* unmanaged<void*, int>)release)(memory);
    }

    static nint? Function(string name) => Runtime.Value != 0 && NativeLibrary.TryGetExport(Runtime.Value, name, out var function) ? function : null;
}
