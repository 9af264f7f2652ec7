using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Training.Optimization;

/// <summary>
/// What happens to weights between two batches, as graphs over one long vector: many weights that are treated alike lie side by side in memory,
/// so that a run is a few operations on long vectors and not thousands on short ones.
/// </summary>
static class OptimizerGraphs
{
    public const string Weights = "weights";
    public const string Copies = "copies";
    public const string Gradients = "gradients";
    public const string Sums = "sums";
    public const string First = "first_moments";
    public const string Second = "second_moments";
    public const string Scale = "scale";
    public const string Keep = "keep";
    public const string Rate = "rate";
    public const string Root = "root";
    public const string Norm = "norm";

    /// <summary>Rows of <see cref="GradientNorm"/>: on a device of its own every weight begins at a multiple of so many numbers.</summary>
    public const int NormRows = 64;

    /// <summary>An output that takes an input's place.</summary>
    public static string Next(string name) => $"{name}:next";

    /// <summary>Momentum copies after a step towards the weights.</summary>
    /// <param name="momentum">Share of the copies that stays (published: 0.995).</param>
    public static OnnxGraph Momentum(float momentum)
    {
        var graph = Begin("momentum");
        graph.Output(Next(Copies), Vector(graph, Copies).Scale(momentum) + Vector(graph, Weights).Scale((float)(1.0 - momentum)));
        return graph;
    }

    /// <summary>Sums of gradients after one more batch: <c>sums + gradients * scale</c>, without sums for the first one.</summary>
    public static OnnxGraph Accumulate(bool first)
    {
        var graph = Begin("accumulate");
        var share = Vector(graph, Gradients) * Number(graph, Scale);
        graph.Output(Next(Sums), first ? share : Vector(graph, Sums) + share);
        return graph;
    }

    /// <summary>
    /// The Euclidean length of all gradients together, which lie in <see cref="NormRows"/> rows: one sum of millions of numbers would be a thousandth off
    /// where a kernel adds them up one by one.
    /// </summary>
    public static OnnxGraph GradientNorm()
    {
        var graph = Begin("gradient_norm");
        var gradients = graph.Input(Gradients, OnnxType.Float, NormRows, Dim.Symbol("K"));
        graph.Output(Norm, (gradients * gradients).Sum(1).Sum(0).Sqrt().Reshape());
        return graph;
    }

    /// <summary>
    /// AdamW: the moments move towards the gradient (times <c>scale</c>) and its square; weights are multiplied by <c>keep</c> (1 minus rate times decay) and
    /// move by <c>rate</c> (rate over the first moment's correction) times the first moment over the root of the second (times <c>root</c>, one over the
    /// root of the second moment's correction).
    /// </summary>
    /// <remarks>Source: Loshchilov and Hutter 2019; pytorch/pytorch torch/optim/adamw.py for the order of operations.</remarks>
    public static OnnxGraph AdamW(AdamWOptions options)
    {
        var graph = Begin("adamw");
        var gradients = Vector(graph, Gradients) * Number(graph, Scale);
        var first = Moved(Vector(graph, First), gradients, options.Beta1);
        var second = Moved(Vector(graph, Second), gradients * gradients, options.Beta2);
        var direction = first / (second.Sqrt() * Number(graph, Root)).Shift((float)options.Epsilon);
        graph.Output(Next(First), first);
        graph.Output(Next(Second), second);
        graph.Output(Next(Weights), Vector(graph, Weights) * Number(graph, Keep) - direction * Number(graph, Rate));
        return graph;
    }

    static OnnxTensor Moved(OnnxTensor moment, OnnxTensor to, double beta) => moment.Scale((float)beta) + to.Scale((float)(1 - beta));

    static OnnxGraph Begin(string name) => new(name, opset: OnnxGraph.TrainingOpset);

    static OnnxTensor Vector(OnnxGraph graph, string name) => graph.Input(name, OnnxType.Float, Dim.Symbol("N"));

    static OnnxTensor Number(OnnxGraph graph, string name) => graph.Input(name, OnnxType.Float);
}
