using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;
using MplugCluster.Training.Data;

namespace MplugCluster.Training.Running;

/// <summary>The reference's evaluation of a package, in this process.</summary>
/// <param name="file">Annotations, in any form that training takes.</param>
/// <param name="split">Split that is taken of a Karpathy file.</param>
/// <param name="images">What their paths are relative to; null: the file's own directory.</param>
/// <param name="convention">How captions and pictures are prepared.</param>
/// <param name="candidates">Candidates that are reranked; 0: as many as the model says.</param>
sealed class EpochEvaluation(string file, string split, string? images, TextConvention convention, int candidates)
{
    readonly RetrievalAnnotations annotations = Load(file, split, images);

    /// <summary>Full paths of the pictures.</summary>
    public IEnumerable<string> Pictures => annotations.Images.Select(image => Path.GetFullPath(Path.Combine(Root(file, images), image)));

    /// <summary>Recall after reranking, and by ITC similarity alone.</summary>
    /// <exception cref="TrainingDataException">A picture cannot be read.</exception>
    public (RecallMetrics Reranked, RecallMetrics ByItc) Run(ModelPackage package, EngineOptions options, CancellationToken cancellation)
    {
        using var engine = new OnnxInferenceEngine(package, options);
        var tokenizer = CaptionTokenizer.Load(package.VocabularyPath);
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution);
        var root = Root(file, images);
        var pictures = annotations.Images.Chunk(engine.ImageBatch).SelectMany(images =>
        {
            cancellation.ThrowIfCancellationRequested();
            return engine.EncodeImages([.. images.Select(image => Pixels(preprocessor, Path.Combine(root, image), cancellation))]);
        }).ToArray();
        var texts = engine.EncodeTexts([.. annotations.Captions.Select(caption => tokenizer.Encode(caption, convention))]);
        var most = Math.Min(candidates > 0 ? candidates : package.Config.Candidates, Math.Min(pictures.Length, texts.Length));
        var plan = RetrievalEvaluation.Plan(
            annotations, [.. pictures.Select(picture => picture.Embedding)], [.. texts.Select(text => text.Embedding)], most);
        for (var image = 0; image < pictures.Length; image++)
        {
            cancellation.ThrowIfCancellationRequested();
            var captions = plan.Pairs[image];
            if (captions.Length == 0)
                continue;
            var logits = engine.ScorePairs([new PairGroup(pictures[image], [.. captions.Select(caption => texts[caption])])])[0];
            foreach (var (at, caption) in captions.Index())
                plan.Add(image, caption, logits[at].Match);
        }

        return (plan.Reranked(), plan.ByItc());
    }

    float[] Pixels(PicturePreprocessor preprocessor, string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new TrainingDataException($"'{file}' names a picture that is not there: '{path}'.");
        return preprocessor.TryPreprocess(File.ReadAllBytes(path), convention.AppliesOrientation(), out var pixels, out var error, cancellation)
            ? pixels
            : throw new TrainingDataException($"The picture '{path}' of '{file}' cannot be used: {error.Code.ToString().ToLowerInvariant()}: {error.Reason}");
    }

    /// <summary>What is missing shows before the first epoch, not after it.</summary>
    static RetrievalAnnotations Load(string file, string split, string? images)
    {
        try
        {
            var annotations = RetrievalAnnotations.Load(file, split);
            var root = Root(file, images);
            return annotations.Images.Where(image => !File.Exists(Path.Combine(root, image))).ToList() is { Count: > 0 } missing
                ? throw new TrainingDataException($"'{file}' names {missing.Count} pictures that are not there, first '{Path.Combine(root, missing[0])}'.")
                : annotations;
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TrainingDataException(e.Message, e);
        }
    }

    static string Root(string file, string? images) => images ?? Path.GetDirectoryName(Path.GetFullPath(file))!;
}
