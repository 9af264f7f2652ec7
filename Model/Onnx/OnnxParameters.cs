using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Onnx;

/// <summary>Weights as initializers of a graph.</summary>
sealed class OnnxParameters(OnnxGraph graph) : IParameters<OnnxTensor>
{
    public OnnxTensor this[string name, params Dim[] shape]
    {
        get
        {
            var numbers = new Shape([.. shape]).Numbers;
            return new OnnxTensor(graph, new StoredWeight(name, numbers, 0, numbers.IsEmpty ? 0 : numbers[0], Transposed: false));
        }
    }

    /// <summary>Ones are only ever masks here, and masks are 32-bit whole numbers.</summary>
    public OnnxTensor Ones(params Dim[] shape) =>
        new OnnxTensor(graph, graph.Constant(1), OnnxType.Int32, new Shape(1)).Expand(shape);
}
