using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// A value in 8-bit whole numbers, each row (token) in steps of its own. One step for the whole value, as the runtime's own dynamic quantisation
/// has it, would make a token's numbers depend on what shares its batch; whole numbers add up to the same sum in any order besides. The nodes are the
/// runtime's own; <see cref="Rows.JoinedRows"/> knows them, and puts faster ones in their place where the processor has them.
/// </summary>
sealed class RoundedRows : IRounded
{
    /// <summary>What zero is as an unsigned byte; the kernels multiply unsigned by signed bytes.</summary>
    public const byte Zero = 128;

    /// <summary>The largest number of a row that counts as nothing at all: its step must not be 0.</summary>
    public const float Nothing = 1e-20f;

    readonly OnnxGraph graph;
    readonly OnnxTensor bytes;
    readonly OnnxTensor steps;

    /// <summary>Rounds <c>[..., width]</c>.</summary>
    public RoundedRows(OnnxGraph graph, OnnxTensor x)
    {
        this.graph = graph;
        var rows = new Shape(x.Shape.Dims[..^1]).Count;
        var flat = x.Reshape(rows, x.Shape[^1]);

        // The largest magnitude from both ends: nothing as large as the value has to be written for it.
        var (largest, least) = (Extreme("ReduceMax"), Extreme("ReduceMin"));
        var floored = largest.Node("Max", largest.Shape, [least.Node("Neg", least.Shape, []).Value, graph.Constant(Nothing)]);
        steps = floored.Node("Mul", floored.Shape, [graph.Constant(1f / ColumnQuantizer.Largest)]); // [rows, 1]

        var each = steps.Reshape(rows);
        var count = graph.Node("Shape", "", OnnxType.Int64, new Shape(1), [each.Value]);
        var zeros = graph.Node("Expand", "", OnnxType.UInt8, each.Shape, [graph.Constant(Zero), count.Value]);
        bytes = graph.Node(
            "QuantizeLinear", "", OnnxType.UInt8, flat.Shape, [flat.Value, each.Value, zeros.Value], OnnxGraph.Attribute("axis", 0L)); // [rows, width]

        OnnxTensor Extreme(string op) => flat.Node(op, new Shape(rows, 1), [graph.Constant(1L)], OnnxGraph.Attribute("keepdims", 1L));
    }

    /// <inheritdoc/>
    public OnnxTensor Times(StoredWeight linear, Shape shape)
    {
        var flat = new Shape(bytes.Shape[0], shape[^1]);
        var whole = graph.Weight(linear with { Form = WeightForm.Int8 });
        var columns = graph.Weight(linear with { Form = WeightForm.Steps });
        var product = graph.Node(
            "MatMulIntegerToFloat",
            OnnxGraph.Contrib,
            OnnxType.Float,
            flat,
            [bytes.Value, whole, graph.Constant(1f), columns, graph.Constant(Zero)]);
        return product.Node("Mul", flat, [steps.Value]).Reshape([.. shape.Dims]);
    }
}
