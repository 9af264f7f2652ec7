using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference.Resident;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>A model package on one device, run by ONNX Runtime.</summary>
public sealed class OnnxInferenceEngine : IInferenceEngine
{
    /// <summary>Enough for a GPU to put several pictures into one run; an H100 needs some 0.15 s for it in fp32.</summary>
    const int GpuPairSlice = 2048;

    readonly ImageEncoderSessions imageEncoder;
    readonly InferenceSession textEncoder;
    readonly PairScorers pairScorers;
    readonly PairExplainer explainer;
    readonly PairBatcher batcher;
    readonly RunSizes sizes;
    readonly bool buckets;
    readonly FeaturePrecision featurePrecision;
    readonly ResidentTokens? resident;
    readonly HostBuffer pixelBuffer;
    readonly List<string> remarks = [];

    readonly RunOptions run = new();
    readonly RunOptions imageRun = new();

    /// <summary>Loads the sessions of a package.</summary>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    public OnnxInferenceEngine(ModelPackage package, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        options = options with { Cuda = options.Cuda with { Halves = package.Manifest.Precision == Precision.Fp16 } };
        Config = package.Config;
        Fingerprint = package.Fingerprint;
        Device = options.Device.ToString();
        var int8 = package.Manifest.Precision == Precision.Int8;
        if (int8 && options.Device.CudaIndex is not null)
        {
            throw new DeviceUnavailableException(
                $"Device {options.Device} cannot run '{package.Directory}': int8 packages are for the processor. "
                + "Import the checkpoint with --precision fp32 or fp16 for a GPU.");
        }

        if (package.RemarkOn(options.Device) is { } remark)
            Note(remark);
        featurePrecision = package.Manifest.FeaturePrecision;
        buckets = options.ActsAsGpu;
        batcher = new PairBatcher(Config, package.Manifest.Precision.HasTwoForms() ? options.AbsorbedTokens : 0, buckets);
        sizes = CalibratedSizes.Of(package, options, Note);

        pixelBuffer = new HostBuffer(options.Device);
        var watch = new PlacementWatch(buckets);

        // Only pair scorers record their runs.
        var plain = options with { Cuda = options.Cuda with { Graphs = false } };

        // A run takes a second: giving its buffers back each time costs nothing beside that, and leaves them to the other graphs.
        imageRun.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        try
        {
            var images = imageEncoder = new ImageEncoderSessions(package, plain, watch);
            (InferenceSession? Texts, PairScorers? Pairs) opened = default;
            Action[] openings =
            [
                .. Enumerable.Range(0, images.Parts).Select(part => (Action)(() => images.Open(part))),
                () => opened.Pairs = new PairScorers(package, options, watch, Note),
                () => opened.Texts = watch.Add(OnnxSessionFactory.Open(package, package.TextEncoderPath, plain, prepack: true, profile: watch.On), "text encoder"),
            ];
            try
            {
                // On the processor most of the time goes into rearranging weights, which is done by one thread for each session.
                SideBySide.Run(openings.Length, options.ActsAsGpu ? 1 : options.Threads, opening => openings[opening]());
            }
            finally
            {
                (textEncoder, pairScorers) = (opened.Texts!, opened.Pairs!);
            }

            explainer = new PairExplainer(package, plain);
            resident = ResidentTokens.Start(Config, featurePrecision, plain, Note);
            if (!options.ActsAsGpu)
                return;
            if (resident is not null)
                pairScorers.Use(resident, plain);
            WarmUp(options.Device, watch);
        }
        catch (Exception e)
        {
            watch.Discard();
            Dispose();
            if (e is OnnxRuntimeException failure && options.ActsAsGpu)
                throw OnnxSessionFactory.Unavailable(options, failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public event Action<MemoryShortage>? Shortened
    {
        add => sizes.Shortened += value;
        remove => sizes.Shortened -= value;
    }

    /// <inheritdoc/>
    public MplugConfig Config { get; }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public string Device { get; }

    /// <inheritdoc/>
    public int ImageBatch => sizes.Current.Images;

    /// <inheritdoc/>
    public int PairSlice => buckets ? GpuPairSlice : IInferenceEngine.DefaultPairSlice;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => remarks;

    /// <inheritdoc/>
    public TokenResidency? Residency => resident?.Residency;

    /// <summary>Shapes of runs that are recorded.</summary>
    internal int RecordedShapes => pairScorers.RecordedShapes;

    /// <summary>How much goes into a run now.</summary>
    internal BatchSizes Sizes
    {
        get => sizes.Current;
        set => sizes.Current = value;
    }

    /// <inheritdoc/>
    public ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels)
    {
        var results = new ImageFeatures[pixels.Count];
        for (var first = 0; first < pixels.Count;)
        {
            // Sizes of a GPU are filled, never padded: a picture is too much work to encode for nothing.
            var (at, count) = (first, Filled(Math.Min(sizes.Current.Images, pixels.Count - first)));
            if (sizes.Try(BatchWork.Images, count, () => EncodeImages(pixels, at, count, results), now => now with { Images = count / 2 }))
                first += count;
        }

        return results;
    }

    /// <inheritdoc/>
    public TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds)
    {
        // Texts of one length share a run, so that nothing is ever padded; on a GPU those that are padded to one length.
        var results = new TextFeatures[tokenIds.Count];
        foreach (var alike in Enumerable.Range(0, tokenIds.Count).GroupBy(text => PaddedLength(tokenIds[text].Length)))
        {
            for (var left = alike.ToArray(); left.Length > 0;)
            {
                var texts = left[..Math.Min(Filled(Math.Max(1, sizes.Current.TextTokens / alike.Key)), left.Length)];
                if (sizes.Try(
                    BatchWork.Texts,
                    texts.Length,
                    () => EncodeTexts(tokenIds, texts, alike.Key, results),
                    now => now with { TextTokens = texts.Length / 2 * alike.Key }))
                {
                    left = left[texts.Length..];
                }
            }
        }

        return results;
    }

    /// <inheritdoc/>
    public ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups)
    {
        var results = groups.Select(group => new ItmLogits[group.Texts.Count]).ToArray();
        int[][] lengths = [.. groups.Select(group => group.Texts.Select(text => text.Length).ToArray())];
        var runs = new Stack<PairBatch>(batcher.Plan(lengths, sizes.Current).Reverse());
        while (runs.TryPop(out var next))
        {
            var done = batcher.Fits(next, sizes.Current)
                && sizes.Try(BatchWork.Pairs, Units(next), () => Score(groups, next, results), now => PairBatcher.Half(next, now));
            if (done)
                continue;
            foreach (var half in batcher.Halves(next, lengths).Reverse())
                runs.Push(half);
        }

        return results;

        static int Units(PairBatch run) => run.Rows.Count > 1 ? run.Rows.Count : run.Rows[0].Texts.Length;
    }

    /// <inheritdoc/>
    public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer) => explainer.Explain(image, text, layer);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Also of an engine whose start failed half-way.
        imageEncoder?.Dispose();
        textEncoder?.Dispose();
        pairScorers?.Dispose();
        explainer?.Dispose();
        resident?.Dispose();

        // After the sessions: of a run that failed a copy may still be on its way.
        pixelBuffer.Dispose();
        run.Dispose();
        imageRun.Dispose();
    }

    void Note(string remark) => remarks.Add(remark);

    /// <summary>
    /// Runs every graph once, so that a GPU that cannot does not start, and kernels are chosen before the first request; and looks whether all of them
    /// ran there, for the runtime puts what it has no kernel for on the processor without a word.
    /// </summary>
    void WarmUp(DeviceName device, PlacementWatch watch)
    {
        var (results, texts) = (new ImageFeatures[1], new TextFeatures[1]);
        EncodeImages([new float[3 * Config.ImageResolution * Config.ImageResolution]], 0, 1, results);
        EncodeTexts([[0]], [0], 1, texts);
        PairGroup[] groups = [new PairGroup(results[0], [texts[0], texts[0]])];
        foreach (var (absorbed, _) in pairScorers.Forms)
            pairScorers.Run(groups, new PairBatch([(0, [0, 1])], 1, 2, 2, 8, absorbed));
        foreach (var complaint in watch.Complaints(OnnxSessionFactory.ProviderOf(device)))
            Note($"Device {device}: {complaint}");
        resident?.Forget();
    }

    int Filled(int most) => buckets ? ShapeBuckets.Down(most) : most;

    /// <summary>A text of no token that the model has a position for is left as it is, for the graph to refuse.</summary>
    int PaddedLength(int length) =>
        buckets && length > 0 ? Math.Max(length, Math.Min(ShapeBuckets.Up(length), Config.MaxPositions)) : length;

    void EncodeImages(IReadOnlyList<float[]> pixels, int first, int count, ImageFeatures[] results)
    {
        var (size, tokens) = (Config.ImageResolution, Config.ImageTokens * Config.HiddenSize);

        // One picture alone is read where it is, except by a GPU, which takes it faster from the buffer.
        using var batch = count == 1 && !buckets ? OrtValue.CreateTensorValueFromMemory(pixels[first], [1, 3, size, size]) : Joined(pixels, first, count);
        if (resident is not null)
        {
            EncodeOnDevice(resident, batch, first, count, results);
            return;
        }

        using var outputs = imageEncoder.Run(imageRun, batch);
        var imageTokens = outputs[0].GetTensorDataAsSpan<float>();
        var embeddings = outputs[1].GetTensorDataAsSpan<float>();
        for (var i = 0; i < count; i++)
        {
            // Rounded here and nowhere else: kept features and fresh ones are the same numbers.
            results[first + i] = new ImageFeatures(
                Row(embeddings, i, Config.EmbeddingSize), ImageTokens.Rounded(imageTokens.Slice(i * tokens, tokens), featurePrecision));
        }
    }

    /// <summary>The same with tokens that stay on the device; only what the host needs comes down.</summary>
    void EncodeOnDevice(ResidentTokens tokens, OrtValue pixels, int first, int count, ImageFeatures[] results)
    {
        var embeddings = new float[count * Config.EmbeddingSize];
        using var embedding = OrtValue.CreateTensorValueFromMemory(embeddings, [count, Config.EmbeddingSize]);
        using var binding = imageEncoder.Whole.CreateIoBinding();
        binding.BindInput("pixels", pixels);
        binding.BindOutputToDevice("image_tokens", tokens.Pool.Device);
        binding.BindOutput("image_embedding", embedding);
        binding.SynchronizeBoundInputs();
        imageEncoder.Whole.RunWithBinding(imageRun, binding);
        binding.SynchronizeBoundOutputs();
        using var outputs = binding.GetOutputValues();
        foreach (var (i, kept) in tokens.Keep(outputs[0], count).Index())
            results[first + i] = new ImageFeatures(Row(embeddings, i, Config.EmbeddingSize), kept);
    }

    /// <summary>Several pictures as one batch <c>[count, 3, R, R]</c>, until the next.</summary>
    OrtValue Joined(IReadOnlyList<float[]> pixels, int first, int count)
    {
        var size = Config.ImageResolution;
        var numbers = 3 * size * size;
        if (pixels.Skip(first).Take(count).FirstOrDefault(picture => picture.Length != numbers) is { } other)
            throw new ArgumentException($"A picture has {other.Length} numbers, not 3 x {size} x {size}.", nameof(pixels));
        var batch = pixelBuffer.Tensor(OnnxType.Float, count, 3, size, size);
        HostBuffer.Copy(count, picture => pixels[first + picture].CopyTo(pixelBuffer.Numbers<float>((long)picture * numbers, numbers)));
        return batch;
    }

    void EncodeTexts(IReadOnlyList<int[]> tokenIds, int[] texts, int length, TextFeatures[] results)
    {
        // An even number, of which the last may stand there twice: no row is then multiplied alone, and a text's numbers are the same bits in any company.
        var rows = texts.Length + texts.Length % 2;
        if (buckets)
            rows = ShapeBuckets.Up(rows);
        var (ids, mask) = (new long[rows * length], new long[rows * length]);
        for (var i = 0; i < rows; i++)
        {
            var text = tokenIds[texts[Math.Min(i, texts.Length - 1)]];
            for (var t = 0; t < text.Length; t++)
                (ids[i * length + t], mask[i * length + t]) = (text[t], 1);
        }

        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, [rows, length]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [rows, length]);
        using var outputs = textEncoder.Run(run, ["ids", "mask"], [idsValue, maskValue], ["text_tokens", "text_embedding"]);
        var tokens = outputs[0].GetTensorDataAsSpan<float>();
        var embeddings = outputs[1].GetTensorDataAsSpan<float>();
        for (var i = 0; i < texts.Length; i++)
        {
            var own = tokenIds[texts[i]].Length;
            results[texts[i]] = new TextFeatures(
                Row(embeddings, i, Config.EmbeddingSize), tokens.Slice(i * length * Config.HiddenSize, own * Config.HiddenSize).ToArray(), own);
        }
    }

    void Score(IReadOnlyList<PairGroup> groups, PairBatch batch, ItmLogits[][] results)
    {
        var logits = pairScorers.Run(groups, batch); // [images, texts, 2]
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
}
