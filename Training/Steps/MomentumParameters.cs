using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Training.Steps;

/// <summary>The momentum copies of weights as inputs of a training graph; nothing is ever differentiated by them.</summary>
sealed class MomentumParameters(OnnxGraph graph) : IParameters<OnnxTensor>
{
    readonly Dictionary<string, OnnxTensor> inputs = new(StringComparer.Ordinal);

    /// <summary>Weights that have a copy.</summary>
    public IEnumerable<string> Originals => inputs.Keys;

    /// <summary>Checkpoint name of a weight's copy: <c>text_proj.weight</c> has <c>text_proj_m.weight</c>.</summary>
    public static string NameOf(string original)
    {
        var dot = original.IndexOf('.', StringComparison.Ordinal);
        return $"{original[..dot]}_m{original[dot..]}";
    }

    /// <inheritdoc/>
    public OnnxTensor this[string name, params Dim[] shape]
    {
        get
        {
            if (!inputs.TryGetValue(name, out var input))
                inputs[name] = input = graph.Input(NameOf(name), OnnxType.Float, shape);
            return input;
        }
    }

    /// <summary>Only the fusion encoder needs ones, and it has no copy that runs.</summary>
    public OnnxTensor Ones(params Dim[] shape) => throw new NotSupportedException();
}
