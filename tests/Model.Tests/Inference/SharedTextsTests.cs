using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>Pairs whose texts are sent once and laid out on the device.</summary>
public sealed class SharedTextsTests : IDisposable
{
    readonly SceneInputs inputs = new(seed: 5);

    public void Dispose() => inputs.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_TextsOfSeveralPictures_SameBitsAndEachTextOnce(bool absorbed)
    {
        var package = inputs.Package;
        var engine = inputs.Engine(package, new EngineOptions());
        var images = engine.EncodeImages(inputs.Pixels(3));
        var texts = engine.EncodeTexts([inputs.Text(5), inputs.Text(9), inputs.Text(4)]);
        PairGroup[] groups = [new(images[0], texts), new(images[1], [texts[2], texts[0]]), new(images[2], [texts[1]])];

        // A picture too many, a place for a text too many, rows too many: as a GPU's shapes have them.
        var batch = new PairBatch([(0, [0, 1, 2]), (1, [0, 1]), (2, [0])], 4, 4, 24, 12, absorbed);
        var path = absorbed ? package.AbsorbedPairScorerPath! : package.PairScorerPath;
        using var packed = OnnxSessionFactory.Open(path, new EngineOptions(), prepack: true);
        using var shared = OnnxSessionFactory.Open(SharedTexts.Graph(path), package.Directory, new EngineOptions(), prepack: true);
        using var run = new RunOptions();
        using var expected = new PairInputs(package.Config, groups, batch);
        using var found = new PairInputs(package.Config, groups, batch, shared: true);

        Assert.Equal(Logits(packed, PairInputs.Names, expected), Logits(shared, PairInputs.SharedNames, found));

        // 18 different rows, in a GPU's size; not the 24 of each of four pictures.
        Assert.Equal([24, package.Config.HiddenSize], found.Values[2].GetTensorTypeAndShape().Shape);

        float[] Logits(InferenceSession session, string[] names, PairInputs values)
        {
            using var outputs = session.Run(run, names, values.Values, ["itm_logits"]);
            var all = outputs[0].GetTensorDataAsSpan<float>(); // [4, 4, 2]
            return [.. all[..6], .. all[8..12], .. all[16..18]];
        }
    }

    [Fact]
    public void Inputs_OfAFixedShape_HaveAllItsPlaces()
    {
        var engine = inputs.Engine(inputs.Package, new EngineOptions());
        PairGroup[] groups = [new(engine.EncodeImages(inputs.Pixels(1))[0], engine.EncodeTexts([inputs.Text(5)]))];

        using var found = new PairInputs(inputs.Package.Config, groups, new PairBatch([(0, [0])], 2, 1, 8, 8, Absorbed: false), shared: true, capacity: 16);

        Assert.Equal([16, inputs.Package.Config.HiddenSize], found.Values[2].GetTensorTypeAndShape().Shape);
    }
}
