using System.Runtime.InteropServices;

namespace MplugCluster.Cuda.Tests.StandIn;

/// <summary>
/// The stand-ins for CUDA's libraries, compiled once a run and loaded into this process before ONNX Runtime asks for them: a library that is loaded
/// answers by its SONAME to whoever is linked to that name or opens it.
/// </summary>
public sealed unsafe class StandInCuda : IDisposable
{
    /// <summary>Names that the provider knows libraries by, and their sources; the runtime first.</summary>
    static readonly (string Name, string[] Sources)[] Libraries =
    [
        ("libcudart.so.13", ["cudart.c", "cudart_memory.c"]),
        ("libcublasLt.so.13", ["cublaslt.c"]),
        ("libcublas.so.13", ["cublas.c"]),
        ("libcurand.so.10", ["curand.c"]),
        ("libcuda.so.1", ["cuda.c"]),
        ("libcudnn.so.9", ["cudnn.c"]),
    ];

    readonly TemporaryFolder folder = new();
    readonly nint runtime;

    public StandInCuda()
    {
        Hindrance = !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64
            ? "ONNX Runtime's CUDA provider is tested on Linux on x64"
            : CCompiler.Find() is null ? "there is no C compiler (gcc or cc)" : null;
        if (Hindrance is not null)
            return;
        foreach (var (name, sources) in Libraries)
        {
            var library = folder.File(name);
            CCompiler.Library(CCompiler.Find()!, [.. sources.Select(source => Path.Combine(AppContext.BaseDirectory, "Cuda", source))], name, library);
            var loaded = NativeLibrary.Load(library);
            runtime = runtime == 0 ? loaded : runtime;
        }
    }

    /// <summary>Why it is not there; null: it is.</summary>
    public string? Hindrance { get; }

    /// <summary>What was counted since <see cref="Begin"/>.</summary>
    internal StandInLog Log
    {
        get
        {
            StandInLog log;
            ((delegate* unmanaged<StandInLog*, void>)Function("stand_in_read"))(&log);
            return log;
        }
    }

    /// <summary>The last thing that was done and may not be; empty if there was none.</summary>
    public string LastFault => Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Function("stand_in_last_fault"))())!;

    /// <summary>Counts anew, on devices that work.</summary>
    /// <param name="memory">Bytes that they have.</param>
    /// <param name="devices">How many there are.</param>
    public void Begin(long memory, int devices) => ((delegate* unmanaged<long, int, void>)Function("stand_in_begin"))(memory, devices);

    /// <summary>Changes the memory of the devices.</summary>
    public void SetMemory(long bytes) => ((delegate* unmanaged<long, void>)Function("stand_in_memory"))(bytes);

    /// <summary>After so many kernels from now on every call fails.</summary>
    /// <param name="launches">How many.</param>
    /// <param name="error">With which number.</param>
    public void FailAfter(long launches, int error) => ((delegate* unmanaged<long, int, void>)Function("stand_in_fail_after"))(launches, error);

    /// <summary>Refuses to pin memory from now on.</summary>
    /// <param name="error">With which number.</param>
    public void RefusePinning(int error) => ((delegate* unmanaged<int, void>)Function("stand_in_refuse_pinning"))(error);

    /// <summary>The last error, which then is none any more.</summary>
    public int LastError() => ((delegate* unmanaged<int>)Function("cudaGetLastError"))();

    /// <summary>A function of the CUDA runtime.</summary>
    public nint Function(string name) => NativeLibrary.GetExport(runtime, name);

    public void Dispose() => folder.Dispose();
}
