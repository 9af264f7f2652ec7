using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>Copies two tensors at a time between the host and fixed places on a device: one of numbers with two axes, and one of indices with one.</summary>
/// <param name="options">The device.</param>
sealed class BlockCopier(EngineOptions options) : IDisposable
{
    readonly InferenceSession session = OnnxSessionFactory.Open(Graph(), options);
    readonly RunOptions run = new();
    readonly OrtValue noIndex = OrtValue.CreateTensorValueFromMemory(new long[1], [1]);
    readonly OrtValue nowhere = OrtValue.CreateTensorValueFromMemory(new long[1], [1]);

    /// <summary>Copies numbers alone.</summary>
    public void Copy(OrtValue numbers, OrtValue target) => Copy(numbers, target, noIndex, nowhere);

    /// <summary>Copies both.</summary>
    public void Copy(OrtValue numbers, OrtValue target, OrtValue indices, OrtValue indexTarget)
    {
        using var binding = session.CreateIoBinding();
        binding.BindInput("numbers", numbers);
        binding.BindInput("indices", indices);
        binding.BindOutput("numbers_there", target);
        binding.BindOutput("indices_there", indexTarget);
        binding.SynchronizeBoundInputs();
        session.RunWithBinding(run, binding);
        binding.SynchronizeBoundOutputs();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        noIndex.Dispose();
        nowhere.Dispose();
        run.Dispose();
        session.Dispose();
    }

    static byte[] Graph()
    {
        var graph = new OnnxGraph("block_copier");
        graph.Output("numbers_there", graph.Input("numbers", OnnxType.Float, Dim.Symbol("A"), Dim.Symbol("B")));
        graph.Output("indices_there", graph.Input("indices", OnnxType.Int64, Dim.Symbol("I")));
        return graph.Build(weight => throw new InvalidOperationException($"'{weight.Key}' is not copied.")).ToByteArray();
    }
}
