using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>The scenes model with features of either precision, and made pictures and texts for it.</summary>
/// <param name="seed">Of what is made.</param>
sealed class SceneInputs(int seed) : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly List<OnnxInferenceEngine> engines = [];

    /// <summary>The package with features in fp32.</summary>
    public ModelPackage Package { get; } = ModelPackage.Open(Repository.Scenes);

    public Random Random { get; } = new(seed);

    public string File(string name) => folder.File(name);

    /// <summary>The package with features of a precision.</summary>
    public ModelPackage With(FeaturePrecision precision)
    {
        if (precision == FeaturePrecision.Fp32)
            return Package;
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), File("features"), featurePrecision: precision);
        return ModelPackage.Open(File("features"));
    }

    /// <summary>An engine that goes when this goes.</summary>
    public OnnxInferenceEngine Engine(ModelPackage package, EngineOptions options)
    {
        var engine = new OnnxInferenceEngine(package, options);
        engines.Add(engine);
        return engine;
    }

    /// <summary>Noise as pictures, each <c>[3, R, R]</c>.</summary>
    public float[][] Pixels(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Numbers(3 * Package.Config.ImageResolution * Package.Config.ImageResolution))];

    /// <summary>Numbers from -1 to 1.</summary>
    public float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * Random.NextSingle() - 1)];

    /// <summary>A text of so many tokens.</summary>
    public int[] Text(int length) => [.. Enumerable.Range(0, length).Select(_ => Random.Next(5, Package.Config.VocabularySize))];

    public void Dispose()
    {
        engines.ForEach(engine => engine.Dispose());
        folder.Dispose();
    }
}
