using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Verification;

/// <summary>
/// Compares a package with a golden set, stage by stage: every stage is fed the reference's own input, so that a fault shows where it
/// is made; the last line is the whole way from files to probability.
/// </summary>
public static class GoldenVerifier
{
    /// <summary>16-bit grey: Pillow 9.4 clips it to white, we take the high byte. The one picture that may differ.</summary>
    const string Exempt = "09_png_grey16.png";

    /// <summary>
    /// How many times a set's tolerances, which are fp32's, a package of fp16, or a GPU with TensorFloat-32, is allowed: 2e-3 for embeddings, 4e-2 for ITM logits. Measured was
    /// half of it at most.
    /// </summary>
    const double Fp16Slack = 200;

    /// <summary>Runs all comparisons.</summary>
    /// <param name="package">The package that was imported from the set's own checkpoint.</param>
    /// <param name="directory">The golden set.</param>
    /// <param name="options">Where the package runs; null: on the processor.</param>
    /// <returns>One line for each quantity.</returns>
    /// <exception cref="FileNotFoundException">The directory is no golden set.</exception>
    /// <exception cref="InvalidDataException">The set was made with a model of other sizes.</exception>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    public static IReadOnlyList<GoldenCheck> Verify(ModelPackage package, string directory, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        var rounded = package.Manifest.Precision == Precision.Fp16 || (options.ActsAsGpu && options.Cuda.Tf32);
        var golden = new GoldenSet(directory, rounded ? Fp16Slack : 1);
        Sizes(package, golden, directory);
        using var engine = new OnnxInferenceEngine(package, options);
        var images = Images(golden, engine);
        return
        [
            .. Tokens(package, golden),
            .. Pictures(package, golden),
            .. golden.Arrays.Contains("pos_embed_resized") ? [PositionEmbedding(package, golden)] : Array.Empty<GoldenCheck>(),
            Compare("image tokens", golden, "image_embeds", images.SelectMany(image => image.Tokens.ToSingles())),
            Compare("image embedding", golden, "image_feat", images.SelectMany(image => image.Embedding)),
            .. TextTokens(package, golden, options),
            .. TextsAndPairs(golden, engine, images, options.ActsAsGpu),
            .. package.Manifest.Precision.HasTwoForms() ? PairForms(package, golden, engine, images, options) : [],
            .. new ActivationVerifier(package, golden, options).Verify(),
            .. EndToEnd(package, golden, engine),
        ];
    }

    /// <summary>A set of another model's numbers can only be a mistake; its arrays would not even fit the graphs.</summary>
    static void Sizes(ModelPackage package, GoldenSet golden, string directory)
    {
        var (config, faults) = (package.Config, new List<string>());
        Same("picture size", config.ImageResolution, golden.Floats("pixels").Shape[^1]);
        Same("image tokens", config.ImageTokens, golden.Floats("image_embeds").Shape[^2]);
        Same("hidden size", config.HiddenSize, golden.Floats("image_embeds").Shape[^1]);
        Same("embedding size", config.EmbeddingSize, golden.Floats("image_feat").Shape[^1]);
        if (faults.Count > 0)
            throw new InvalidDataException($"'{directory}' was made with another model than '{package.Directory}': {string.Join("; ", faults)}.");

        void Same(string what, int package, int set)
        {
            if (package != set)
                faults.Add($"{what} {set}, the package has {package}");
        }
    }

    /// <summary>Image features from the reference's own pixels, each picture alone.</summary>
    static ImageFeatures[] Images(GoldenSet golden, OnnxInferenceEngine engine)
    {
        var pixels = golden.Floats("pixels");
        var size = pixels.Data.Length / pixels.Shape[0];
        return [.. Enumerable.Range(0, pixels.Shape[0]).Select(i => engine.EncodeImages([pixels.Data[(i * size)..((i + 1) * size)]])[0])];
    }

    static IEnumerable<GoldenCheck> Tokens(ModelPackage package, GoldenSet golden)
    {
        var tokenizer = CaptionTokenizer.Load(package.VocabularyPath);
        foreach (var convention in Enum.GetValues<TextConvention>())
        {
            var expected = golden.TokenIds(convention);
            var wrong = golden.Captions.Where((caption, i) => !tokenizer.Encode(caption, convention).SequenceEqual(expected[i])).Count();
            yield return new GoldenCheck($"captions with other token ids, {Name(convention)}", wrong, 0);
        }
    }

    static IEnumerable<GoldenCheck> Pictures(ModelPackage package, GoldenSet golden)
    {
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution);
        var expected = golden.Floats("pixels");
        var size = expected.Data.Length / expected.Shape[0];
        double worst = 0;
        for (var i = 0; i < golden.Pictures.Length; i++)
        {
            if (golden.Pictures[i] != Exempt)
                worst = Math.Max(worst, Difference(Preprocess(preprocessor, golden, i, applyOrientation: true), expected.Data.AsSpan(i * size, size)));
        }

        yield return new GoldenCheck($"pixels ({Exempt} apart)", worst, golden.OwnTolerance("pixels"));
    }

    static GoldenCheck PositionEmbedding(ModelPackage package, GoldenSet golden) => new(
        "position embedding, resized",
        Difference(PackageWeights.Read(package, "visual_encoder.visual.positional_embedding"), golden.Floats("pos_embed_resized").Data),
        golden.OwnTolerance("pos_embed_resized"));

    static IEnumerable<GoldenCheck> TextsAndPairs(GoldenSet golden, OnnxInferenceEngine engine, ImageFeatures[] images, bool gpu)
    {
        foreach (var convention in Enum.GetValues<TextConvention>())
        {
            var name = Name(convention);
            var texts = engine.EncodeTexts(golden.TokenIds(convention));
            yield return Compare($"text embedding, {name}", golden, $"text_feat_{name}", texts.SelectMany(text => text.Embedding));

            var logits = engine.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]).SelectMany(row => row).ToArray();
            yield return Compare($"ITM logits, {name}", golden, $"itm_logits_{name}", logits.SelectMany(pair => new[] { pair.NoMatch, pair.Match }));
            yield return Compare(
                $"ITM probabilities, {name}",
                golden,
                $"itm_scores_{name}",
                logits.SelectMany(pair => new[] { 1 - pair.MatchProbability, pair.MatchProbability }));

            var alone = images.SelectMany(image => texts.Select(text => engine.ScorePairs([new PairGroup(image, [text])])[0][0].Match));
            yield return new GoldenCheck(
                $"ITM logits of a pair alone and in its batch, {name}",
                Difference([.. alone], [.. logits.Select(pair => pair.Match)]),

                // A GPU may take another kernel for another number of rows, with another order of sums.
                gpu ? golden.Tolerance($"itm_logits_{name}") : golden.OwnTolerance($"itm_logits_{name}"));
        }
    }

    /// <summary>Every pair in each form of the pair scorer, whichever the engine would choose.</summary>
    static IEnumerable<GoldenCheck> PairForms(
        ModelPackage package, GoldenSet golden, OnnxInferenceEngine engine, ImageFeatures[] images, EngineOptions options)
    {
        foreach (var (form, tokens) in new[] { ("keys and values computed", 0), ("keys and values absorbed", int.MaxValue) })
        {
            // It encodes no pictures: their weights may stay where they are.
            using var forced = new OnnxInferenceEngine(package, options with { AbsorbedTokens = tokens, MappedWeights = true });
            var texts = engine.EncodeTexts(golden.TokenIds(TextConvention.Ms25));
            var logits = forced.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]).SelectMany(row => row);
            yield return Compare($"ITM logits, {form}", golden, "itm_logits_ms25", logits.SelectMany(pair => new[] { pair.NoMatch, pair.Match }));
        }
    }

    /// <summary>
    /// Text tokens where the caption is; the reference's rows behind it are padding. They are an inner value of the text encoder's graph, which goes
    /// on to prepare them.
    /// </summary>
    static IEnumerable<GoldenCheck> TextTokens(ModelPackage package, GoldenSet golden, EngineOptions options)
    {
        using var graph = new InnerGraph(package, package.TextEncoderPath, options);
        foreach (var convention in Enum.GetValues<TextConvention>())
        {
            var array = $"text_embeds_{Name(convention)}";
            if (!golden.Arrays.Contains(array))
                continue;
            var expected = golden.Floats(array);
            var row = expected.Data.Length / expected.Shape[0];
            var worst = golden.TokenIds(convention).Select((ids, i) =>
            {
                var found = Stages(graph, ids)[$"text_layer{package.Config.TextEncoderLayers - 1}"];
                return Difference(found, expected.Data.AsSpan(i * row, found.Length));
            }).Aggregate(Math.Max);
            yield return new GoldenCheck("text tokens", worst, golden.Tolerance(array));
        }
    }

    static Dictionary<string, float[]> Stages(InnerGraph graph, int[] ids)
    {
        long[] mask = [.. ids.Select(_ => 1L)];
        using var idsValue = OrtValue.CreateTensorValueFromMemory([.. ids.Select(id => (long)id)], [1, ids.Length]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [1, ids.Length]);
        return graph.Run(["ids", "mask"], [idsValue, maskValue]);
    }

    static IEnumerable<GoldenCheck> EndToEnd(ModelPackage package, GoldenSet golden, OnnxInferenceEngine engine)
    {
        var tokenizer = CaptionTokenizer.Load(package.VocabularyPath);
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution);
        foreach (var (picture, caption, probability) in golden.Pairs)
        {
            var image = engine.EncodeImages([Preprocess(preprocessor, golden, picture, applyOrientation: true)])[0];
            var text = engine.EncodeTexts([tokenizer.Encode(golden.Captions[caption], TextConvention.Ms25)])[0];
            var found = engine.ScorePairs([new PairGroup(image, [text])])[0][0].MatchProbability;
            yield return new GoldenCheck(
                $"file to probability, {golden.Pictures[picture]} and caption {caption}", Math.Abs(found - probability), golden.Tolerance("itm_scores_ms25"));
        }
    }

    static float[] Preprocess(PicturePreprocessor preprocessor, GoldenSet golden, int picture, bool applyOrientation) =>
        preprocessor.TryPreprocess(golden.PictureFile(picture), applyOrientation, out var pixels, out var error)
            ? pixels
            : throw new InvalidDataException($"{golden.Pictures[picture]}: {error.Reason}");

    static GoldenCheck Compare(string quantity, GoldenSet golden, string array, IEnumerable<float> found) =>
        new(quantity, Difference([.. found], golden.Floats(array).Data), golden.Tolerance(array));

    /// <summary>Largest absolute difference; another number of elements is infinitely far away.</summary>
    internal static double Difference(ReadOnlySpan<float> found, ReadOnlySpan<float> expected)
    {
        if (found.Length != expected.Length)
            return double.PositiveInfinity;
        double worst = 0;
        for (var i = 0; i < found.Length; i++)
            worst = Math.Max(worst, Math.Abs((double)found[i] - expected[i])); // once NaN, NaN

        return worst;
    }

    static string Name(TextConvention convention) => convention.ToString().ToLowerInvariant();
}
