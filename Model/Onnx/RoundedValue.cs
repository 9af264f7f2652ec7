using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Onnx;

/// <summary>A value in 8-bit whole numbers of one step: the nodes of ONNX Runtime's plain dynamic quantisation, which it joins by itself.</summary>
sealed class RoundedValue : IRounded
{
    readonly OnnxGraph graph;
    readonly OnnxTensor bytes;
    readonly OnnxTensor step;
    readonly OnnxTensor zero;

    /// <summary>Rounds a value.</summary>
    public RoundedValue(OnnxGraph graph, OnnxTensor x)
    {
        this.graph = graph;
        var outputs = graph.Nodes("DynamicQuantizeLinear", OnnxType.UInt8, [x.Shape, new Shape(), new Shape()], [x.Value]);
        bytes = outputs[0]!;
        step = new OnnxTensor(graph, outputs[1]!.Value, OnnxType.Float, new Shape());
        zero = outputs[2]!;
    }

    /// <inheritdoc/>
    public OnnxTensor Times(StoredWeight linear, Shape shape)
    {
        var whole = graph.Weight(linear with { Form = WeightForm.Int8 });
        var columns = graph.Weight(linear with { Form = WeightForm.Steps });
        var product = graph.Node("MatMulInteger", "", OnnxType.Int32, shape, [bytes.Value, whole, zero.Value]).Cast(OnnxType.Float);
        var steps = step.Node("Mul", new Shape(shape[^1]), [columns]);
        return product.Node("Mul", shape, [steps.Value]);
    }
}
