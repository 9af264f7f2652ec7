using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Differentiation;

namespace MplugCluster.Training.Steps;

/// <summary>Weights as inputs of a training graph, each a variable of its tape, by checkpoint name and as the checkpoint has them.</summary>
sealed class TrainedParameters(OnnxGraph graph, GradientTape<OnnxTensor> tape) : IParameters<Autodiff<OnnxTensor>>
{
    readonly Dictionary<string, Autodiff<OnnxTensor>> variables = new(StringComparer.Ordinal);

    /// <summary>All that were asked for.</summary>
    public IReadOnlyDictionary<string, Autodiff<OnnxTensor>> Variables => variables;

    /// <inheritdoc/>
    public Autodiff<OnnxTensor> this[string name, params Dim[] shape]
    {
        get
        {
            if (!variables.TryGetValue(name, out var variable))
                variables[name] = variable = tape.Variable(graph.Input(name, OnnxType.Float, shape));
            return variable.Shape.Equals(new Shape([.. shape]))
                ? variable
                : throw new ShapeException($"'{name}' was asked for as {variable.Shape} and as {new Shape([.. shape])}.");
        }
    }

    /// <summary>Ones are masks, and masks are numbers to add and multiply here.</summary>
    public Autodiff<OnnxTensor> Ones(params Dim[] shape) =>
        tape.Constant(new OnnxTensor(graph, graph.Constant(1f), OnnxType.Float, new Shape()).Expand(shape));
}
