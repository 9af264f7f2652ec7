using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// Small runs of a pair scorer as CUDA graphs: the runtime records a shape's kernels at its first run and later starts them all with one call. It pays
/// where a GPU is done with a kernel before the processor has started the next one, which is why large runs stay as they are.
/// </summary>
/// <remarks>
/// What ONNX Runtime asks for holds by construction: no control flow, all but sizes on the GPU (it refuses the session otherwise), one thread, inputs and
/// outputs on the device at the same addresses for a number, a number for a shape. Two things it does not ask for matter too. A replay writes over
/// whatever its recording wrote over, so nothing that outlives a run may lie in the pair scorer's own arena. And recording forbids every thread of
/// the process to take or give back GPU memory, so that a process with several GPUs cannot record.
/// </remarks>
sealed class RecordedRuns : IDisposable
{
    /// <summary>Largest runs that are recorded: pictures, and rows of texts' tokens in all.</summary>
    public const int MostImages = 16, MostRows = 512;

    /// <summary>Shapes that are recorded: a couple of megabytes each for the published sizes.</summary>
    public const int MostShapes = 64;

    /// <summary>By shape; null for one whose recording or replay has failed.</summary>
    readonly Dictionary<(int Images, int Texts, int Rows, int Length), RecordedShape?> shapes = [];
    readonly List<RecordedShape> taken = [];
    readonly Dictionary<int, OrtValue> images = [];
    readonly InferenceSession scorer;
    readonly BlockCopier copier;
    readonly TokenPool pool;
    readonly MplugConfig config;
    readonly DeviceBlock image;
    int most = MostShapes;

    /// <summary>Takes the memory for pictures; that for shapes follows at their first run.</summary>
    public RecordedRuns(MplugConfig config, InferenceSession scorer, BlockCopier copier, TokenPool pool)
    {
        (this.config, this.scorer, this.copier, this.pool) = (config, scorer, copier, pool);
        image = pool.Take(MostImages * TokenPool.BytesOf(config, FeaturePrecision.Fp32));
    }

    /// <summary>Shapes that are recorded.</summary>
    public int Count => shapes.Count(shape => shape.Value is not null);

    /// <summary>The shape of a run; null if such runs are not recorded.</summary>
    public RecordedShape? Of(PairBatch batch)
    {
        if (batch.Images > MostImages || batch.Images * batch.TokensPerImage > MostRows)
            return null;
        if (shapes.TryGetValue(Key(batch), out var shape) || shapes.Count >= most)
            return shape;
        try
        {
            shape = new RecordedShape(scorer, copier, pool, ImageOf(batch.Images), config.HiddenSize, batch, taken.Count + 1);
            taken.Add(shape);
            shapes.Add(Key(batch), shape);
        }
        catch (OnnxRuntimeException e) when (MemoryFaults.Is(e))
        {
            // A device whose memory is full does what it can without more recordings.
            most = shapes.Count;
        }

        return shape;
    }

    /// <summary>
    /// A run of a shape has failed. The runtime may have kept a part of it as its recording, whose replay would give the numbers of an older run: neither
    /// it nor its number is used again.
    /// </summary>
    public void GiveUp(PairBatch batch) => shapes[Key(batch)] = null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shape in taken)
            shape.Dispose();
        image.Dispose();
    }

    static (int Images, int Texts, int Rows, int Length) Key(PairBatch batch) => (batch.Images, batch.TextsPerImage, batch.TokensPerImage, batch.Length);

    OrtValue ImageOf(int count)
    {
        if (!images.TryGetValue(count, out var view))
            images.Add(count, view = image.View(0, TensorElementType.Float, count, config.ImageTokens, config.HiddenSize));
        return view;
    }
}
