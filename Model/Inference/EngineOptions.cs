using MplugCluster.Model.Calibration;

namespace MplugCluster.Model.Inference;

/// <summary>How an engine runs.</summary>
public sealed record EngineOptions
{
    /// <summary>The device. Default: the processor.</summary>
    public DeviceName Device { get; init; } = DeviceName.Cpu;

    /// <summary>
    /// Threads of the one pool that all sessions of the process share; the first engine of a process decides.
    /// Default: 0, one for each core.
    /// </summary>
    public int IntraOpThreads { get; init; }

    /// <summary>How many threads those are.</summary>
    internal int Threads => IntraOpThreads > 0 ? IntraOpThreads : Environment.ProcessorCount;

    /// <summary>
    /// Whether threads that wait for work keep their cores: faster where one computation of many short operations has the machine, as in training.
    /// In a cluster they would take the cores from decoding and from its liveness probes. The first engine of a process decides. Default: false.
    /// </summary>
    public bool Spin { get; init; }

    /// <summary>
    /// Whether the image encoder of an fp32 package computes on the processor from its weights as they lie in the mapped file: the system may take their
    /// memory back, and processes share it, but every run rearranges them, for a tenth of its time. Default: false, they are rearranged once, into memory
    /// of the process's own (1.2 GB for the published model). Numbers differ in the last bits.
    /// </summary>
    public bool MappedWeights { get; init; }

    /// <summary>Pictures per run of the image encoder on a GPU for which the package has no calibration. Default: 8.</summary>
    public int GpuImageBatch { get; init; } = 8;

    /// <summary>How a GPU is used.</summary>
    public CudaSettings Cuda { get; init; } = new();

    /// <summary>
    /// Text tokens per picture and run up to which pairs are scored without computing the picture's keys and values. Default: -1, as many as
    /// make that form less work. Packages of less precision than fp32 have only the form with keys and values.
    /// </summary>
    public int AbsorbedTokens { get; init; } = -1;

    /// <summary>
    /// How much goes into a run, whatever the package's calibration says; what proves too large is then remembered by nobody. Default: null, the
    /// calibration's sizes for this kind of device, or where it has none <see cref="BatchSizes.Default"/>.
    /// </summary>
    public BatchSizes? Sizes { get; init; }

    /// <summary>Whether the processor goes the ways of a GPU: tests run them so where there is none. Default: false.</summary>
    internal bool AsGpu { get; init; }

    /// <summary>Whether tensors that stay between runs lie in memory of the provider, and shapes are a GPU's.</summary>
    internal bool ActsAsGpu => AsGpu || Device.CudaIndex is not null;

    /// <summary>Called before each run with the number of its units; by tests, which fail there in the device's place. Default: null.</summary>
    internal Action<BatchWork, int>? BeforeRun { get; init; }

    /// <summary>
    /// Folder to which sessions whose profile nobody else reads write one when they are closed; of tests that look where nodes ran. Default: null, none.
    /// </summary>
    internal string? Profiles { get; init; }
}
