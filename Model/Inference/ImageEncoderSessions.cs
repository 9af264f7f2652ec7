using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>
/// The image encoder of a package on one device. In fp32 on the processor its weights are rearranged for the kernels once, when it is opened, instead of in
/// every run; the runtime does that with one thread, so the graph is opened in two halves side by side.
/// </summary>
sealed class ImageEncoderSessions : IDisposable
{
    const string Pixels = "pixels";
    static readonly string[] Outputs = ["image_tokens", "image_embedding"];

    readonly InferenceSession[] parts;
    readonly string[] cuts;

    ImageEncoderSessions(InferenceSession[] parts, params string[] cuts) => (this.parts, this.cuts) = (parts, cuts);

    /// <summary>Opens the graph.</summary>
    /// <param name="package">The package.</param>
    /// <param name="options">The device, and whether weights stay in their file.</param>
    /// <param name="watch">Told of the session of a GPU.</param>
    /// <exception cref="OnnxRuntimeException">It does not open.</exception>
    public static ImageEncoderSessions Open(ModelPackage package, EngineOptions options, PlacementWatch watch)
    {
        // In int8 rearranged weights are little, and soon done.
        var precision = package.Manifest.Precision;
        var middle = $"vis_block{(package.Config.VisionLayers / 2) - 1}";
        if (precision == Precision.Fp32 && !options.ActsAsGpu && !options.MappedWeights && Halves(package.ImageEncoderPath, middle) is { } halves)
            return new ImageEncoderSessions(Open(halves, package.Directory, options), middle);
        return new ImageEncoderSessions(
            [watch.Add(OnnxSessionFactory.Open(package.ImageEncoderPath, options, prepack: precision == Precision.Int8, watch.On), "image encoder")]);
    }

    /// <summary>In how many pieces the graph is open.</summary>
    public int Parts => parts.Length;

    /// <summary>The session of the whole graph, which a GPU has.</summary>
    public InferenceSession Whole => parts.Single();

    /// <summary>Encodes pictures.</summary>
    /// <param name="run">How.</param>
    /// <param name="pixels">Normalised pictures <c>[batch, 3, R, R]</c>.</param>
    /// <returns>Image tokens <c>[batch, image tokens, hidden]</c> and unit embeddings <c>[batch, embed_dim]</c>.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions run, OrtValue pixels)
    {
        if (parts.Length == 1)
            return parts[0].Run(run, [Pixels], [pixels], Outputs);
        using var tokens = parts[0].Run(run, [Pixels], [pixels], cuts);
        return parts[1].Run(run, cuts, tokens, Outputs);
    }

    static ModelProto[]? Halves(string path, string middle) =>
        GraphCut.At(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), middle) is var (before, after) ? [before, after] : null;

    static InferenceSession[] Open(ModelProto[] halves, string weights, EngineOptions options)
    {
        var sessions = new InferenceSession[halves.Length];
        try
        {
            SideBySide.Run(
                halves.Length, halves.Length, half => sessions[half] = OnnxSessionFactory.Open(halves[half].ToByteArray(), weights, options, prepack: true));
            return sessions;
        }
        catch
        {
            Array.ForEach(sessions, session => session?.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(parts, part => part.Dispose());
}
