using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Onnx;

/// <summary>Memory that belongs to an execution provider. Its address means nothing to the host: numbers come and go by a graph that copies.</summary>
/// <param name="copy">The graph, on the same provider.</param>
/// <param name="block">The memory.</param>
/// <param name="bytes">How much of it there is.</param>
sealed class DeviceMemory(BoundGraph copy, OrtMemoryAllocation block, long bytes) : TensorMemory(block.Info, block.DangerousGetHandle(), bytes)
{
    /// <summary>Name of the copying graph's input.</summary>
    const string From = "from";

    /// <summary>Name of its output.</summary>
    const string To = "to";

    /// <summary>The graph that copies bytes: input and output may lie with the provider or with the host.</summary>
    public static OnnxGraph Copying()
    {
        var graph = new OnnxGraph("copy", opset: OnnxGraph.TrainingOpset);
        graph.Output(To, graph.Input(From, OnnxType.UInt8, Dim.Symbol("N")));
        return graph;
    }

    /// <summary>Fills it with zeros.</summary>
    public void Clear()
    {
        var zeros = new byte[Math.Min(Bytes, 1 << 22)];
        for (var done = 0L; done < Bytes; done += zeros.Length)
            Write<byte>(done, zeros.AsSpan(0, (int)Math.Min(zeros.Length, Bytes - done)));
    }

    /// <inheritdoc/>
    protected override void ReadBytes(long offset, Span<byte> target) => Copy(offset, target, toHost: true);

    /// <inheritdoc/>
    protected override unsafe void WriteBytes(long offset, ReadOnlySpan<byte> source)
    {
        // The host's bytes are only read.
        fixed (byte* bytes = source)
            Copy(offset, new Span<byte>(bytes, source.Length), toHost: false);
    }

    /// <inheritdoc/>
    protected override void Free() => block.Dispose();

    unsafe void Copy(long offset, Span<byte> host, bool toHost)
    {
        long[] shape = [host.Length];
        fixed (byte* bytes = host)
        {
            using var there = Value(offset, OnnxType.UInt8, shape, host.Length);
            using var here = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.UInt8, shape, (nint)bytes, host.Length);
            copy.Run([new(From, new(toHost ? there : here))], [new(To, new(toHost ? here : there))]);
        }
    }
}
