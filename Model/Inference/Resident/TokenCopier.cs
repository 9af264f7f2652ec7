using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// Copies pictures' tokens to, from and on a device, changing their number format on the way. It is a graph of one Gather, so that the runtime moves
/// the bytes in its own stream and order, on a processor as on a GPU, and no library of the GPU's has to be called beside it.
/// </summary>
/// <param name="config">Sizes.</param>
/// <param name="from">Number format of the source.</param>
/// <param name="to">Number format of the target.</param>
/// <param name="options">The device.</param>
sealed class TokenCopier(MplugConfig config, OnnxType from, OnnxType to, EngineOptions options) : IDisposable
{
    const string Source = "tokens", Places = "places", Target = "chosen";

    readonly RunOptions run = new();

    /// <summary>The session; its allocator is the device's.</summary>
    public InferenceSession Session { get; } = OnnxSessionFactory.Open(Graph(config, from, to), options);

    /// <summary>Copies pictures of a source <c>[any, image tokens, hidden]</c> into a target <c>[places, image tokens, hidden]</c>, each of which is the host's or the device's.</summary>
    public void Copy(OrtValue source, long[] places, OrtValue target)
    {
        using var binding = Session.CreateIoBinding();
        using var chosen = Bind(binding, source, places);
        binding.BindOutput(Target, target);
        Run(binding);
    }

    /// <summary>The same into new memory of a device, which is free again when the result is disposed.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Copy(OrtValue source, long[] places, OrtMemoryInfo device)
    {
        using var binding = Session.CreateIoBinding();
        using var chosen = Bind(binding, source, places);
        binding.BindOutputToDevice(Target, device);
        Run(binding);
        return binding.GetOutputValues();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        run.Dispose();
    }

    static OrtValue Bind(OrtIoBinding binding, OrtValue source, long[] places)
    {
        var chosen = OrtValue.CreateTensorValueFromMemory(places, [places.Length]);
        binding.BindInput(Source, source);
        binding.BindInput(Places, chosen);
        return chosen;
    }

    void Run(OrtIoBinding binding)
    {
        binding.SynchronizeBoundInputs();
        Session.RunWithBinding(run, binding);
        binding.SynchronizeBoundOutputs();
    }

    static byte[] Graph(MplugConfig config, OnnxType from, OnnxType to)
    {
        var (graph, count) = (new OnnxGraph("token_copier"), Dim.Symbol("P"));
        var tokens = graph.Input(Source, from, Dim.Symbol("S"), config.ImageTokens, config.HiddenSize);
        var places = graph.Input(Places, OnnxType.Int64, count);
        var chosen = tokens.Node("Gather", new Shape(count, config.ImageTokens, config.HiddenSize), [places.Value], OnnxGraph.Attribute("axis", 0));
        graph.Output(Target, from == to ? chosen : chosen.Cast(to), asItIs: true);
        return graph.Build(weight => throw new InvalidOperationException($"'{weight.Key}' is not copied.")).ToByteArray();
    }
}
