using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Steps;

/// <summary>
/// Dropout in a graph whose random numbers come from outside, so that a step can be repeated: every site reads its own stretch, beginning at a
/// random place, of one list of random numbers that is twice as long as the largest site.
/// </summary>
/// <remarks>
/// Begin and end of a stretch are inputs of their own: computed in the graph they would be computed on a GPU, and the host would wait for every one.
/// Source: Srivastava et al. 2014; X-PLUG/mPLUG models/modeling_mplug.py (where BERT's layers drop).
/// </remarks>
sealed class DropoutSites(OnnxGraph graph, double probability) : IDropout<OnnxTensor>
{
    readonly OnnxTensor numbers = graph.Input(StepNames.DropoutNumbers, OnnxType.Float, Dim.Symbol("D"));
    readonly List<(Dim Size, OnnxTensor Begin, OnnxTensor End)> sites = [];

    /// <summary>Whether attention drops shares.</summary>
    public bool InAttention { get; set; }

    /// <inheritdoc/>
    public OnnxTensor HiddenMask(Shape shape)
    {
        var site = sites.Count;
        sites.Add((shape.Count, graph.Input(StepNames.DropoutBegin(site), OnnxType.Int64, 1), graph.Input(StepNames.DropoutEnd(site), OnnxType.Int64, 1)));
        return Mask(site, shape, numbers);
    }

    /// <inheritdoc/>
    public OnnxTensor? AttentionMask(Shape shape) => InAttention ? HiddenMask(shape) : null;

    /// <inheritdoc/>
    public Func<OnnxTensor[], IDropout<OnnxTensor>> Here()
    {
        var (site, inAttention) = (sites.Count, InAttention);
        return after => new Again(this, site, inAttention, after);
    }

    /// <summary>Random numbers for a batch.</summary>
    /// <param name="length">Tokens of its texts.</param>
    /// <param name="seed">The same seed drops the same elements.</param>
    public DropoutInputs Inputs(int length, int seed) => new([.. sites.Select(site => Size(site.Size, length))], seed);

    /// <summary>The only symbol in a training graph's sizes is the texts' length.</summary>
    static int Size(Dim dim, int length) =>
        checked((int)dim.Products.Sum(product => product.Coefficient * (long)Math.Pow(length, product.Symbols.Length)));

    OnnxTensor Mask(int site, Shape shape, OnnxTensor from)
    {
        var (_, begin, end) = sites[site];
        var random = graph
            .Node("Slice", "", OnnxType.Float, new Shape(shape.Count), [from.Value, begin.Value, end.Value, graph.Constant(0L)])
            .Reshape([.. shape.Dims]);
        var threshold = new OnnxTensor(graph, graph.Constant((float)probability), OnnxType.Float, new Shape());
        return threshold.AtMost(random).Scale((float)(1 / (1 - probability)));
    }

    /// <summary>The masks of sites that have had theirs.</summary>
    sealed class Again(DropoutSites all, int next, bool inAttention, OnnxTensor[] after) : IDropout<OnnxTensor>
    {
        OnnxTensor? numbers;

        public OnnxTensor HiddenMask(Shape shape) => all.Mask(next++, shape, numbers ??= after.Length > 0 ? all.numbers.After(after) : all.numbers);

        public OnnxTensor? AttentionMask(Shape shape) => inAttention ? HiddenMask(shape) : null;

        public Func<OnnxTensor[], IDropout<OnnxTensor>> Here()
        {
            var site = next;
            return later => new Again(all, site, inAttention, later);
        }
    }
}
