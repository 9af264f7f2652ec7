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
    readonly byte[] graph;
    readonly EngineOptions engine;
    readonly RunOptions options = new();
    InferenceSession? session;
    bool disposed;

    /// <summary>Opens a graph.</summary>
    public BoundGraph(OnnxGraph graph, EngineOptions engine)
    {
        this.engine = engine;
        this.graph = graph.Build(weight => throw new InvalidOperationException($"Weight '{weight.Key}' is not an input.")).ToByteArray();
        session = OnnxSessionFactory.Open(this.graph, engine);
    }

    InferenceSession Session
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return session ??= OnnxSessionFactory.Open(graph, engine);
        }
    }

    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">Every input by name.</param>
    /// <param name="outputs">Where each output goes.</param>
    public void Run(IEnumerable<KeyValuePair<string, BoundTensor>> inputs, IEnumerable<KeyValuePair<string, BoundTensor>> outputs)
    {
        using var binding = Session.CreateIoBinding();
        foreach (var (name, tensor) in inputs)
            binding.BindInput(name, tensor.Value);
        foreach (var (name, tensor) in outputs)
            binding.BindOutput(name, tensor.Value);
        binding.SynchronizeBoundInputs();
        Session.RunWithBinding(options, binding);
        binding.SynchronizeBoundOutputs();
    }

    /// <summary>The allocator with which the graph's provider takes memory of a place. It must be disposed of before the graph.</summary>
    public OrtAllocator Allocator(OrtMemoryInfo place) => new(Session, place);

    /// <summary>Gives back the memory that runs have taken for themselves; the next run opens the graph again.</summary>
    public void Release()
    {
        session?.Dispose();
        session = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        options.Dispose();
        Release();
    }
}
