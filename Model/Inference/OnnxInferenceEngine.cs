using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>A model package on one device, run by ONNX Runtime.</summary>
public sealed class OnnxInferenceEngine : IInferenceEngine
{
    /// <summary>
    /// Pictures per run of the pair scorer with keys and values. On the processor a fifth faster than sixteen, and 250 MB less: keys and values stay in its caches.
    /// </summary>
    const int CpuPairImages = 4;
    const int GpuPairImages = 32;

    /// <summary>Tokens per run of the text encoder.</summary>
    const int TextTokensPerRun = 4096;

    readonly InferenceSession imageEncoder;
    readonly InferenceSession textEncoder;
    readonly InferenceSession pairScorer;
    readonly InferenceSession? absorbedPairScorer;
    readonly PairExplainer explainer;
    readonly PairBatcher batcher;
    readonly FeaturePrecision featurePrecision;

    readonly RunOptions run = new();
    readonly RunOptions imageRun = new();

    /// <summary>Loads the sessions of a package.</summary>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    public OnnxInferenceEngine(ModelPackage package, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        Config = package.Config;
        Fingerprint = package.Fingerprint;
        Device = options.Device.ToString();
        var int8 = package.Manifest.Precision == Precision.Int8;
        if (int8 && options.Device.CudaIndex is not null)
        {
            throw new DeviceUnavailableException(
                $"Device {options.Device} cannot run '{package.Directory}': int8 packages are for the processor. "
                + "Import the checkpoint with --precision fp32 for a GPU.");
        }

        featurePrecision = package.Manifest.FeaturePrecision;
        batcher = new PairBatcher(Config, options.Device.CudaIndex is null ? CpuPairImages : GpuPairImages, int8 ? 0 : options.AbsorbedTokens);
        ImageBatch = options.Device.CudaIndex is null ? 1 : options.GpuImageBatch;

        // A run takes a second: giving its buffers back each time costs nothing beside that, and leaves them to the other graphs.
        imageRun.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        imageEncoder = OnnxSessionFactory.Open(package.ImageEncoderPath, options, prepack: int8);
        textEncoder = OnnxSessionFactory.Open(package.TextEncoderPath, options, prepack: true);
        pairScorer = OnnxSessionFactory.Open(package.PairScorerPath, options, prepack: true);
        absorbedPairScorer = package.AbsorbedPairScorerPath is { } absorbed ? OnnxSessionFactory.Open(absorbed, options, prepack: true) : null;
        explainer = new PairExplainer(package, options);
    }

    /// <inheritdoc/>
    public MplugConfig Config { get; }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public string Device { get; }

    /// <inheritdoc/>
    public int ImageBatch { get; }

    /// <inheritdoc/>
    public ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels)
    {
        var (size, tokens) = (Config.ImageResolution, Config.ImageTokens * Config.HiddenSize);
        var results = new ImageFeatures[pixels.Count];
        for (var first = 0; first < pixels.Count; first += ImageBatch)
        {
            var count = Math.Min(ImageBatch, pixels.Count - first);
            var input = count == 1 ? pixels[first] : Join([.. pixels.Skip(first).Take(count)]);
            using var batch = OrtValue.CreateTensorValueFromMemory(input, [count, 3, size, size]);
            using var outputs = imageEncoder.Run(imageRun, ["pixels"], [batch], ["image_tokens", "image_embedding"]);
            var imageTokens = outputs[0].GetTensorDataAsSpan<float>();
            var embeddings = outputs[1].GetTensorDataAsSpan<float>();
            for (var i = 0; i < count; i++)
            {
                // Rounded here and nowhere else: kept features and fresh ones are the same numbers.
                results[first + i] = new ImageFeatures(
                    Row(embeddings, i, Config.EmbeddingSize), ImageTokens.Rounded(imageTokens.Slice(i * tokens, tokens), featurePrecision));
            }
        }

        return results;
    }

    /// <inheritdoc/>
    public TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds)
    {
        // Texts of one length share a run, so that nothing is ever padded.
        var results = new TextFeatures[tokenIds.Count];
        foreach (var alike in Enumerable.Range(0, tokenIds.Count).GroupBy(text => tokenIds[text].Length))
        {
            foreach (var texts in alike.Chunk(Math.Max(1, TextTokensPerRun / alike.Key)))
                EncodeTexts(tokenIds, texts, alike.Key, results);
        }

        return results;
    }

    /// <inheritdoc/>
    public ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups)
    {
        var results = groups.Select(group => new ItmLogits[group.Texts.Count]).ToArray();
        foreach (var batch in batcher.Plan([.. groups.Select(group => group.Texts.Select(text => text.Length).ToArray())]))
            Score(groups, batch, results);
        return results;
    }

    /// <inheritdoc/>
    public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer) => explainer.Explain(image, text, layer);

    /// <inheritdoc/>
    public void Dispose()
    {
        imageEncoder.Dispose();
        textEncoder.Dispose();
        pairScorer.Dispose();
        absorbedPairScorer?.Dispose();
        explainer.Dispose();
        run.Dispose();
        imageRun.Dispose();
    }

    void EncodeTexts(IReadOnlyList<int[]> tokenIds, int[] texts, int length, TextFeatures[] results)
    {
        var ids = new long[texts.Length * length];
        for (var i = 0; i < texts.Length; i++)
        {
            for (var t = 0; t < length; t++)
                ids[i * length + t] = tokenIds[texts[i]][t];
        }

        var mask = new long[ids.Length];
        Array.Fill(mask, 1);
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, [texts.Length, length]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [texts.Length, length]);
        using var outputs = textEncoder.Run(run, ["ids", "mask"], [idsValue, maskValue], ["text_tokens", "text_embedding"]);
        var tokens = outputs[0].GetTensorDataAsSpan<float>();
        var embeddings = outputs[1].GetTensorDataAsSpan<float>();
        for (var i = 0; i < texts.Length; i++)
        {
            results[texts[i]] = new TextFeatures(
                Row(embeddings, i, Config.EmbeddingSize), Row(tokens, i, length * Config.HiddenSize), length);
        }
    }

    void Score(IReadOnlyList<PairGroup> groups, PairBatch batch, ItmLogits[][] results)
    {
        using var inputs = new PairInputs(Config, groups, batch);
        using var outputs = (batch.Absorbed ? absorbedPairScorer! : pairScorer).Run(run, PairInputs.Names, inputs.Values, ["itm_logits"]);
        var logits = outputs[0].GetTensorDataAsSpan<float>(); // [G, N, 2]
        for (var image = 0; image < batch.Rows.Count; image++)
        {
            var (group, texts) = batch.Rows[image];
            for (var place = 0; place < texts.Length; place++)
            {
                var at = 2 * (image * batch.TextsPerImage + place);
                results[group][texts[place]] = new ItmLogits(logits[at], logits[at + 1]);
            }
        }
    }

    static float[] Row(ReadOnlySpan<float> rows, int row, int width) => rows.Slice(row * width, width).ToArray();

    static float[] Join(IReadOnlyList<float[]> parts)
    {
        var joined = new float[parts.Sum(part => part.Length)];
        var offset = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, offset);
            offset += part.Length;
        }

        return joined;
    }
}
