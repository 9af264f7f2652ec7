using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Tests.Inference;

namespace MplugCluster.Model.Tests.Onnx;

public sealed class SharedWeightsTests : IDisposable
{
    readonly SceneInputs inputs = new(seed: 11);

    ModelPackage Package => inputs.Package;

    public void Dispose() => inputs.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_FormsOfThePairScorer_SameBitsAsAlone(bool absorbed)
    {
        var engine = inputs.Engine(Package, new EngineOptions());
        PairGroup[] groups = [new(engine.EncodeImages(inputs.Pixels(1))[0], engine.EncodeTexts([inputs.Text(5), inputs.Text(9)]))];
        using var values = new PairInputs(Package.Config, groups, new PairBatch([(0, [0, 1])], 1, 2, 14, 9, absorbed));
        string[] forms = [Package.PairScorerPath, Package.AbsorbedPairScorerPath!];
        using var alone = OnnxSessionFactory.Open(forms[absorbed ? 1 : 0], new EngineOptions(), prepack: true);
        using var shared = new SharedWeights(Package.WeightsPath, forms);
        using var first = OnnxSessionFactory.Open(forms[0], new EngineOptions(), shared);
        using var second = OnnxSessionFactory.Open(forms[1], new EngineOptions(), shared);
        shared.Forget();

        Assert.Equal(Logits(alone), Logits(absorbed ? second : first));

        float[] Logits(InferenceSession session)
        {
            using var run = new RunOptions();
            using var outputs = session.Run(run, PairInputs.Names, values.Values, ["itm_logits"]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }

    [Fact]
    public void Names_FormsOfThePairScorer_FactorsThatBothHave()
    {
        using var shared = new SharedWeights(Package.WeightsPath, Package.PairScorerPath, Package.AbsorbedPairScorerPath!);
        using var alone = new SharedWeights(Package.WeightsPath, Package.PairScorerPath);

        // Query, key, value and output of self-attention, which the first layer's texts come with, query and output of cross-attention, and both linear layers.
        Assert.Equal(8 * Package.Config.FusionLayers - 4, shared.Names.Count(name => name.Contains(".layer.", StringComparison.Ordinal)));
        Assert.DoesNotContain(shared.Names, name => name.Contains("crossattention.self.key", StringComparison.Ordinal));
        Assert.Contains(alone.Names, name => name.Contains("crossattention.self.key", StringComparison.Ordinal));
        var norms = GraphFile.Read(Package.PairScorerPath).Graph.Node.Where(node => node.OpType == "LayerNormalization").ToArray();
        Assert.NotEmpty(norms);
        Assert.Empty(norms.SelectMany(node => node.Input).Intersect(alone.Names));
    }
}
