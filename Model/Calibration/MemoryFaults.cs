namespace MplugCluster.Model.Calibration;

/// <summary>Tells failures for lack of memory from others: ONNX Runtime has one exception for all, so its text is what counts.</summary>
public static class MemoryFaults
{
    /// <summary>What the arena, the processor's allocator, CUDA, cuBLAS and cuDNN say, in lower case.</summary>
    static readonly string[] Signs =
    [
        "failed to allocate memory",
        "available memory of",
        "bad_alloc",
        "bad allocation",
        "out of memory",
        "out_of_memory",
        "status_alloc_failed",
        "memoryallocation",
    ];

    /// <summary>Whether something failed because memory was not enough.</summary>
    public static bool Is(Exception failure) =>
        failure is OutOfMemoryException || Signs.Any(sign => failure.Message.Contains(sign, StringComparison.OrdinalIgnoreCase));
}
