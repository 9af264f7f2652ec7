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

    /// <summary>
    /// Every file besides the manifest. Two forms of the pair scorer give the same scores to the last digits in fp32, but not once their inputs are
    /// rounded to whole numbers: which one scores a pair depends on the picture's other texts, so an int8 package has one.
    /// </summary>
    public static string[] Files(Precision precision) =>
        [ImageEncoder, PairScorer, .. precision == Precision.Int8 ? (string[])[] : [AbsorbedPairScorer], TextEncoder, Vocabulary, Weights];
}
