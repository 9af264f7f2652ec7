using System.Numerics.Tensors;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Evaluation;

/// <summary>An evaluation set's pictures and captions, encoded by a package.</summary>
sealed class EncodedSet : IDisposable
{
    readonly OnnxInferenceEngine engine;
    readonly ImageFeatures[] images;
    readonly TextFeatures[] texts;

    public EncodedSet(ModelPackage package, string annotations, string pictures, TextConvention convention)
    {
        Annotations = RetrievalAnnotations.Load(annotations);
        engine = new OnnxInferenceEngine(package);
        var tokenizer = CaptionTokenizer.Load(package.VocabularyPath);
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution);
        images = engine.EncodeImages([.. Annotations.Images.Select(image =>
        {
            var file = File.ReadAllBytes(Path.Combine(pictures, image));
            Assert.True(preprocessor.TryPreprocess(file, convention.AppliesOrientation(), out var pixels, out var error), error?.Reason);
            return pixels;
        })]);
        texts = engine.EncodeTexts([.. Annotations.Captions.Select(caption => tokenizer.Encode(caption, convention))]);
    }

    public RetrievalAnnotations Annotations { get; }

    public float Similarity(int image, int text) => TensorPrimitives.Dot(images[image].Embedding, texts[text].Embedding);

    public float[] Score(int image, int[] chosen) =>
        [.. engine.ScorePairs([new PairGroup(images[image], [.. chosen.Select(text => texts[text])])])[0].Select(logits => logits.Match)];

    public RetrievalEvaluation Plan(int k) => RetrievalEvaluation.Plan(
        Annotations, [.. images.Select(image => image.Embedding)], [.. texts.Select(text => text.Embedding)], k);

    public void Dispose() => engine.Dispose();
}
