using MplugCluster.Model.Inference;

namespace MplugCluster.Silo.Options;

/// <summary>Devices of a silo: section <c>Mplug:Device</c>.</summary>
public sealed record DeviceOptions
{
    /// <summary>
    /// Devices by name, separated by commas: <c>cpu</c>, <c>cuda:0,cuda:1</c>; <c>none</c> for a silo without a device. Default: <c>cpu</c>.
    /// </summary>
    public string Devices { get; init; } = "cpu";

    /// <summary>
    /// Threads of the one inference pool of the process. Default: 0, one for each core but one on machines of four cores and more (membership
    /// probes must not starve), else all cores.
    /// </summary>
    public int IntraOpThreads { get; init; }

    /// <summary>
    /// Whether the image encoder of an fp32 package computes on the processor from weights that stay in the mapped file: the system may take their memory
    /// back, and processes on a machine share it, but each picture costs a tenth more. Numbers differ in the last bits, so set it on all silos or on none.
    /// Default: false, they are rearranged when the device starts, into memory of the process's own.
    /// </summary>
    public bool MappedWeights { get; init; }

    /// <summary>Threads that decode pictures. Default: 0, half the cores, at least one.</summary>
    public int DecodeThreads { get; init; }

    /// <summary>
    /// Pictures per run of the image encoder on a GPU for which the package has no calibration (<c>mplug calibrate</c>). Default: 8.
    /// </summary>
    public int GpuImageBatch { get; init; } = 8;

    /// <summary>
    /// Bytes of GPU memory that each of a device's sessions may take for its arena: four, one for the image tokens that stay there (two if they are kept
    /// in fp16), one more with <see cref="GpuGraphs"/>, and one for explanations when the first is asked for. Default: 0, as many as there are; else at
    /// least 268435456.
    /// </summary>
    public long GpuMemoryBytes { get; init; }

    /// <summary>
    /// Bytes of GPU memory in which pictures' tokens stay between the image encoder and the pair scorer, taken when the device starts; the least recently
    /// used make room. Default: -1, a quarter of <see cref="GpuMemoryBytes"/>, or where that is no limit 1 GiB, 600 pictures of the published
    /// model. 0: none, tokens are sent for every run. At most 4294967295, and half of <see cref="GpuMemoryBytes"/>.
    /// </summary>
    public long GpuTokenBytes { get; init; } = -1;

    /// <summary>
    /// How a session's GPU memory grows: <c>exact</c>, by what is asked for, or <c>doubling</c>, fewer allocations for up to twice the memory.
    /// Default: <c>exact</c>.
    /// </summary>
    public string GpuArena { get; init; } = "exact";

    /// <summary>
    /// Whether GPUs may round fp32 products to TensorFloat-32: faster, and not the reference's numbers. Set it on all silos or on none, for they
    /// share features. Default: false.
    /// </summary>
    public bool GpuTf32 { get; init; }

    /// <summary>
    /// Whether a GPU records small runs of the pair scorer (CUDA graphs) and replays them with one call each: for searches and single pairs, which are over
    /// before the processor has started all their kernels. Needs <see cref="GpuTokenBytes"/> and at most one GPU in <see cref="Devices"/>. Default: false.
    /// </summary>
    public bool GpuGraphs { get; init; }

    /// <summary>
    /// Whether a GPU has to compute what the processor does of a made-up picture and texts before it begins to work. The processor loads the model once for
    /// that, for some seconds. Default: true.
    /// </summary>
    public bool GpuCheck { get; init; } = true;

    /// <summary>Seconds between two canary inferences. Default: 30.</summary>
    public int CanarySeconds { get; init; } = 30;

    internal CudaSettings Cuda => new()
    {
        MemoryBytes = GpuMemoryBytes,
        TokenBytes = GpuTokenBytes,
        ArenaDoubles = GpuArena == "doubling",
        Tf32 = GpuTf32,
        Graphs = GpuGraphs,
    };

    /// <summary>The names one by one.</summary>
    public string[] Names => Devices == "none"
        ? []
        : Devices.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal int ChosenIntraOpThreads => IntraOpThreads > 0 ? IntraOpThreads
        : Environment.ProcessorCount >= 4 ? Environment.ProcessorCount - 1
        : Environment.ProcessorCount;

    internal int ChosenDecodeThreads => DecodeThreads > 0 ? DecodeThreads : Math.Max(1, Environment.ProcessorCount / 2);
}
