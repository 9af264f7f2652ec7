using System.Globalization;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference;

/// <summary>How ONNX Runtime's CUDA provider uses a GPU.</summary>
public sealed record CudaSettings
{
    /// <summary>Bytes of GPU memory that each session's arena may take. Default: 0, as many as there are.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// Whether an arena that is full grows to twice its size instead of by what is asked for: fewer allocations, up to twice the memory.
    /// Default: false.
    /// </summary>
    public bool ArenaDoubles { get; init; }

    /// <summary>
    /// Whether fp32 products may be rounded to TensorFloat-32, 10 bits of mantissa: faster, and not the reference's numbers. Set it on all devices
    /// of a cluster or on none, for they share features. Default: false.
    /// </summary>
    public bool Tf32 { get; init; }

    /// <summary>
    /// Bytes of GPU memory in which image tokens stay between the image encoder and the pair scorer. Default: -1, a quarter of
    /// <see cref="MemoryBytes"/>, or where that is no limit 1 GiB: 600 pictures of the published model. 0: none, they are sent for every run.
    /// </summary>
    public long TokenBytes { get; init; } = -1;

    /// <summary>The bytes that <see cref="TokenBytes"/> means.</summary>
    internal long ChosenTokenBytes => Math.Min(ProviderMemory.MostBytes, TokenBytes >= 0 ? TokenBytes : MemoryBytes > 0 ? MemoryBytes / 4 : 1L << 30);

    /// <summary>
    /// Whether small runs of the pair scorer are recorded as CUDA graphs and replayed. Needs tokens that stay on the GPU, and a process with one GPU.
    /// Default: false.
    /// </summary>
    public bool Graphs { get; init; }

    /// <summary>Whether the package computes attention in halves.</summary>
    internal bool Halves { get; init; }

    /// <summary>The provider's own options, by its names.</summary>
    /// <param name="index">Number of the GPU.</param>
    public IReadOnlyDictionary<string, string> ProviderOptions(int index)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = index.ToString(CultureInfo.InvariantCulture),
            ["arena_extend_strategy"] = ArenaDoubles ? "kNextPowerOfTwo" : "kSameAsRequested",
            ["use_tf32"] = Tf32 ? "1" : "0",

            // The one convolution cuts pictures into patches. Trying all algorithms for every shape could choose another one at every start, with other
            // last digits.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        };

        // Flash and memory-efficient attention. Left to itself the provider takes cuDNN's on newer GPUs, which was five times slower on an H100 and plans
        // every shape for 0.1 s. In fp32 its own choice is right.
        if (Halves)
            options["sdpa_kernel"] = "3";
        if (Graphs)
            options["enable_cuda_graph"] = "1";
        if (MemoryBytes > 0)
            options["gpu_mem_limit"] = MemoryBytes.ToString(CultureInfo.InvariantCulture);
        return options;
    }
}
