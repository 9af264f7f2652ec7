using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;
using MplugCluster.Training.Optimization;
using MplugCluster.Training.Steps;
using MplugCluster.Training.Tests.Steps;

namespace MplugCluster.Training.Tests.Devices;

/// <summary>
/// That no operator of our graphs is unknown to the CUDA provider: what it does not know runs on the processor without a word, with copies there and
/// back. It says nothing of kernels that refuse an input when they run.
/// </summary>
public sealed class CudaKernelsTests
{
    /// <summary>More rows than are added up by a product with ones and zeros, as every real vocabulary has.</summary>
    const int Words = 30_522;

    public static TheoryData<string, double, bool> Steps =>
        [.. Repository.GoldenSets.SelectMany(set => new[] { (set, 0.0, false), (set, 0.1, true) })];

    public static TheoryData<string> Sets => [.. Repository.GoldenSets];

    [Theory, MemberData(nameof(Steps))]
    public void GradientGraph_EveryOperator_HasACudaKernel(string set, double dropout, bool recompute)
    {
        var config = Config(set);
        var models = new[] { config, config with { VocabularySize = Words } }
            .Select(sizes => Built(new GradientGraph(sizes, batch: 4, queue: 16, dropout, recompute).Graph)).ToArray();

        Assert.All(models, model => Assert.Empty(new CudaKernels().Missing(model)));
        Assert.Contains(models[1].Graph.Node, node => node.OpType == "ScatterElements");
    }

    [Fact]
    public void OptimizerGraphs_EveryOperator_HasACudaKernel() => Assert.All(
        [
            OptimizerGraphs.Momentum(0.995f), OptimizerGraphs.GradientNorm(), OptimizerGraphs.AdamW(new AdamWOptions()),
            OptimizerGraphs.Accumulate(first: true), OptimizerGraphs.Accumulate(first: false), DeviceMemory.Copying(),
        ],
        graph => Assert.Empty(new CudaKernels().Missing(Built(graph))));

    [Theory, MemberData(nameof(Sets))]
    public void InferenceGraphs_EveryOperator_HasACudaKernel(string set)
    {
        foreach (var precision in (Precision[])[Precision.Fp32, Precision.Fp16])
        {
            Assert.All(
                [
                    MplugGraphs.ImageEncoder(Config(set), precision), MplugGraphs.TextEncoder(Config(set), precision),
                    MplugGraphs.PairScorer(Config(set), absorbed: false, precision), MplugGraphs.ExplainingPairScorer(Config(set), precision),
                ],
                graph => Assert.Empty(new CudaKernels().Missing(Built(graph))));
        }

        Assert.Empty(new CudaKernels().Missing(Built(MplugGraphs.PairScorer(Config(set), absorbed: true))));
    }

    [Fact]
    public void Missing_KernelOfAnEarlierVersion_IsTold()
    {
        var graph = new OnnxGraph("newer");
        var (x, ids) = (graph.Input("x", OnnxType.Float, 2), graph.Input("ids", OnnxType.Int64, 2));
        graph.Output("padded", x.Pad(0, 1, 1));
        graph.Output("equal", ids.EqualTo(ids));
        graph.Output("counted", ids.RunningSum());

        Assert.Equal(["Equal 19 of int64, int64", "Pad 19 of float, int64, nothing, int64"], new CudaKernels().Missing(Built(graph)));
    }

    static MplugConfig Config(string set)
    {
        using var golden = new GoldenSteps(set);
        return golden.Checkpoint.Config;
    }

    static ModelProto Built(OnnxGraph graph) => graph.Build(_ => new TensorProto());
}
