namespace MplugCluster.Model.Packages;

/// <summary>File names within a package directory.</summary>
static class PackageLayout
{
    public const string Manifest = "package.json";
    public const string Vocabulary = "vocab.txt";
    public const string Weights = "weights.bin";
    public const string ImageEncoder = "image_encoder.onnx";
    public const string TextEncoder = "text_encoder.onnx";
    public const string PairScorer = "pair_scorer.onnx";
    public const string AbsorbedPairScorer = "pair_scorer_absorbed.onnx";

    /// <summary>Every file besides the manifest.</summary>
    public static string[] Files(Precision precision) =>
        [ImageEncoder, PairScorer, .. precision.HasTwoForms() ? [AbsorbedPairScorer] : (string[])[], TextEncoder, Vocabulary, Weights];
}
