using Google.Protobuf;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>
/// A pair scorer's graph with the rows of its texts gathered on the device. As packages have it every picture brings the tokens of all its texts; a job has
/// the same texts for many pictures, so that laying them out and sending them took a GPU three times as long as scoring. Here each text is sent once.
/// </summary>
static class SharedTexts
{
    /// <summary>Tokens of the run's different texts, one behind another: <c>[U, H]</c>.</summary>
    public const string Tokens = "text_rows";

    /// <summary>Which of them each picture's rows are: <c>[G, R]</c>.</summary>
    public const string Rows = "rows";

    /// <summary>The graph of a file.</summary>
    public static byte[] Graph(string path)
    {
        var model = GraphFile.Read(path);
        var graph = model.Graph;
        var packed = graph.Input.Single(input => input.Name == PairInputs.Packed);
        var dims = packed.Type.TensorType.Shape.Dim;
        graph.Input.Remove(packed);
        graph.Input.Add(Input(Tokens, OnnxType.Float, new() { DimParam = "U" }, dims[2]));
        graph.Input.Add(Input(Rows, OnnxType.Int64, dims[0], dims[1]));
        var gather = new NodeProto { OpType = "Gather", Name = "Gather_texts" };
        gather.Input.Add([Tokens, Rows]);
        gather.Output.Add(packed.Name);
        gather.Attribute.Add(OnnxGraph.Attribute("axis", 0));
        graph.Node.Insert(0, gather);
        return model.ToByteArray();
    }

    static ValueInfoProto Input(string name, OnnxType type, params TensorShapeProto.Types.Dimension[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dims.Select(dim => dim.Clone()));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = shape } } };
    }
}
