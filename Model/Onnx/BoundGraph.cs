using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// A graph without weights of its own, run on tensors that stay where they are: inputs are read and outputs written in the caller's memory.
/// An output must never be bound over an input: another node may still read it.
/// </summary>
sealed class BoundGraph : IDisposable
{
    readonly InferenceSession session;
    readonly RunOptions options = new();

    /// <summary>Opens a graph.</summary>
    public BoundGraph(OnnxGraph graph, EngineOptions engine) =>
        session = OnnxSessionFactory.Open(
            graph.Build(weight => throw new InvalidOperationException($"Weight '{weight.Key}' is not an input.")).ToByteArray(), engine);

    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">Every input by name.</param>
    /// <param name="outputs">Where each output goes.</param>
    public void Run(IEnumerable<KeyValuePair<string, BoundTensor>> inputs, IEnumerable<KeyValuePair<string, BoundTensor>> outputs)
    {
        using var binding = session.CreateIoBinding();
        foreach (var (name, tensor) in inputs)
            binding.BindInput(name, tensor.Value);
        foreach (var (name, tensor) in outputs)
            binding.BindOutput(name, tensor.Value);
        session.RunWithBinding(options, binding);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }
}
