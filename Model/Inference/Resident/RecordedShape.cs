using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// The pair scorer's inputs and output for runs of one shape, at fixed addresses on the device: what a CUDA graph is recorded with, and reads and writes
/// whenever it is replayed.
/// </summary>
sealed class RecordedShape : IDisposable
{
    readonly InferenceSession scorer;
    readonly BlockCopier copier;
    readonly DeviceBlock block;
    readonly OrtValue text, indices, pairs;
    readonly long[] logitShape;
    readonly OrtIoBinding binding;
    readonly RunOptions run = new();

    /// <summary>Takes the memory and binds it.</summary>
    /// <param name="scorer">The pair scorer.</param>
    /// <param name="copier">Fills the inputs and brings the output.</param>
    /// <param name="pool">Where the memory comes from: never the pair scorer's own, which replays write over what is free there.</param>
    /// <param name="image">Where pictures' tokens will be, <c>[images, image tokens, hidden]</c>.</param>
    /// <param name="hidden">Width of a token.</param>
    /// <param name="batch">A run of the shape.</param>
    /// <param name="number">The graph's number, at least 1.</param>
    public RecordedShape(InferenceSession scorer, BlockCopier copier, TokenPool pool, OrtValue image, int hidden, PairBatch batch, int number)
    {
        (this.scorer, this.copier, Image) = (scorer, copier, image);
        long[] rows = [batch.Images, batch.TokensPerImage], squares = [batch.Images, batch.TextsPerImage, batch.Length];
        var (rowCount, squareCount) = (rows[0] * rows[1], squares[0] * squares[1] * squares[2]);
        logitShape = [batch.Images, batch.TextsPerImage, 2];

        // One block, so that there is memory for all of it or for nothing: texts, then indices, then logits.
        var first = Aligned(rowCount * hidden * sizeof(float));
        var last = first + Aligned(2 * (squareCount + rowCount) * sizeof(long));
        block = pool.Take(last + logitShape[0] * logitShape[1] * 2 * sizeof(float));
        text = block.View(0, TensorElementType.Float, Rows(batch), hidden);
        indices = block.View(first, TensorElementType.Int64, 2 * (squareCount + rowCount));
        pairs = block.View(last, TensorElementType.Float, logitShape[0] * logitShape[1], 2);
        OrtValue[] values =
        [
            image,
            block.View(first, TensorElementType.Int64, rows),
            text,
            block.View(first + rowCount * sizeof(long), TensorElementType.Int64, squares),
            block.View(first + (rowCount + squareCount) * sizeof(long), TensorElementType.Int64, squares),
            block.View(first + (rowCount + 2 * squareCount) * sizeof(long), TensorElementType.Int64, rows),
        ];
        binding = scorer.CreateIoBinding();
        foreach (var (name, value) in PairInputs.SharedNames.Zip(values))
            binding.BindInput(name, value);
        binding.BindOutput("itm_logits", block.View(last, TensorElementType.Float, logitShape));
        run.AddRunConfigEntry("gpu_graph_id", number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Places for rows of different texts that runs of a shape have.</summary>
    public static int Rows(PairBatch batch) => batch.Images * batch.TokensPerImage;

    /// <summary>Where pictures' tokens are expected.</summary>
    public OrtValue Image { get; }

    /// <summary>Scores.</summary>
    /// <param name="inputs">The host's inputs; the pictures' tokens are where they are expected.</param>
    /// <returns>ITM logits <c>[images, texts, 2]</c>.</returns>
    public float[] Run(PairInputs inputs)
    {
        long[] joined = [.. Numbers(1), .. Numbers(3), .. Numbers(4), .. Numbers(5)];
        using (var all = OrtValue.CreateTensorValueFromMemory(joined, [joined.Length]))
            copier.Copy(inputs.Values[2], text, all, indices);
        scorer.RunWithBinding(run, binding);
        var found = new float[logitShape[0] * logitShape[1] * 2];
        using (var target = OrtValue.CreateTensorValueFromMemory(found, [logitShape[0] * logitShape[1], 2]))
            copier.Copy(pairs, target);
        return found;

        ReadOnlySpan<long> Numbers(int input) => inputs.Values[input].GetTensorDataAsSpan<long>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        binding.Dispose();
        run.Dispose();
        block.Dispose();
    }

    static long Aligned(long bytes) => (bytes + ProviderMemory.Alignment - 1) / ProviderMemory.Alignment * ProviderMemory.Alignment;
}
