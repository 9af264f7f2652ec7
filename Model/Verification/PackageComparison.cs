using System.Numerics.Tensors;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Verification;

/// <summary>
/// What rounding a model costs: a package beside the one that it could have been, on pictures whose right captions are known. Each goes the whole
/// way from files to recall, with candidates of its own.
/// </summary>
public static class PackageComparison
{
    /// <summary>Compares two packages; one of them is in memory at a time.</summary>
    /// <param name="package">The package in question.</param>
    /// <param name="other">What it is compared with: the same model in fp32.</param>
    /// <param name="annotations">Pictures and captions.</param>
    /// <param name="root">Folder that the pictures' paths start from.</param>
    /// <param name="candidates">Candidates that are reranked per query; null: as many as the model's own k_test.</param>
    /// <param name="options">Where the package in question runs; null: on the processor, as the other does.</param>
    /// <exception cref="InvalidDataException">The packages' sizes differ, or a picture cannot be read.</exception>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    public static PackageAccuracy Compare(
        ModelPackage package, ModelPackage other, RetrievalAnnotations annotations, string root, int? candidates = null, EngineOptions? options = null)
    {
        if (package.Config with { Candidates = 0 } != other.Config with { Candidates = 0 })
            throw new InvalidDataException($"'{package.Directory}' and '{other.Directory}' are models of different sizes; they cannot be compared.");
        var pixels = annotations.Images.Select(image => Pixels(package, Path.Combine(root, image))).ToArray();
        var k = candidates ?? package.Config.Candidates;
        var (expected, found) = (Outcome.Of(other, annotations, pixels, k, null), Outcome.Of(package, annotations, pixels, k, options));
        var pairs = expected.Logits.Keys.Where(found.Logits.ContainsKey).Order().ToArray();
        float[] left = [.. pairs.Select(pair => expected.Logits[pair])], right = [.. pairs.Select(pair => found.Logits[pair])];
        var differences = left.Zip(right, (a, b) => (double)Math.Abs(a - b)).DefaultIfEmpty(double.NaN).ToArray();
        return new PackageAccuracy
        {
            ImageCosine = Cosine(expected.Images, found.Images),
            TextCosine = Cosine(expected.Texts, found.Texts),
            Pairs = pairs.Length,
            LogitRankCorrelation = RankCorrelation.Spearman(left, right),
            LogitDifference = (differences.Aggregate(Math.Max), differences.Average()),
            Recall = found.Recall,
            OtherRecall = expected.Recall,
        };
    }

    static float[] Pixels(ModelPackage package, string path) =>
        new PicturePreprocessor(package.Config.ImageResolution).TryPreprocess(
            File.ReadAllBytes(path), package.Convention == TextConvention.Ms25, out var pixels, out var error)
            ? pixels
            : throw new InvalidDataException($"'{path}': {error.Reason}");

    static (double, double) Cosine(float[][] expected, float[][] found)
    {
        var cosines = expected.Zip(found, (a, b) => (double)TensorPrimitives.CosineSimilarity(a, b)).ToArray();
        return (cosines.Min(), cosines.Average());
    }

    /// <summary>What one package makes of the set.</summary>
    sealed record Outcome(float[][] Images, float[][] Texts, Dictionary<(int Image, int Caption), float> Logits, RecallMetrics Recall)
    {
        public static Outcome Of(ModelPackage package, RetrievalAnnotations annotations, float[][] pixels, int candidates, EngineOptions? options)
        {
            using var engine = new OnnxInferenceEngine(package, options);
            var tokenizer = CaptionTokenizer.Load(package.VocabularyPath);
            var images = pixels.Select(picture => engine.EncodeImages([picture])[0]).ToArray();
            var texts = engine.EncodeTexts([.. annotations.Captions.Select(caption => tokenizer.Encode(caption, package.Convention))]);
            float[][] imageEmbeddings = [.. images.Select(image => image.Embedding)], textEmbeddings = [.. texts.Select(text => text.Embedding)];
            var evaluation = RetrievalEvaluation.Plan(annotations, imageEmbeddings, textEmbeddings, candidates);
            var logits = new Dictionary<(int, int), float>();
            for (var image = 0; image < images.Length; image++)
            {
                var captions = evaluation.Pairs[image];
                var scored = engine.ScorePairs([new PairGroup(images[image], [.. captions.Select(caption => texts[caption])])])[0];
                for (var i = 0; i < captions.Length; i++)
                {
                    evaluation.Add(image, captions[i], scored[i].Match);
                    logits[(image, captions[i])] = scored[i].Match;
                }
            }

            return new Outcome(imageEmbeddings, textEmbeddings, logits, evaluation.Reranked());
        }
    }
}
