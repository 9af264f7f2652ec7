using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>
/// The image encoder of a package on one device. In fp32 on the processor its weights are rearranged for the kernels once, when it is opened, instead of in
/// every run; the runtime does that with one thread, so the graph is cut into two parts, which may be opened side by side.
/// </summary>
sealed class ImageEncoderSessions : IDisposable
{
    const string Pixels = "pixels";
    static readonly string[] Outputs = ["image_tokens", "image_embedding"];

    readonly Func<InferenceSession>[] openings;
    readonly InferenceSession?[] parts;
    readonly string[] cuts = [];

    /// <summary>Finds out about the parts; none is open yet.</summary>
    /// <param name="package">The package.</param>
    /// <param name="options">The device, and whether weights stay in their file.</param>
    /// <param name="watch">Told of the session of a GPU.</param>
    /// <exception cref="PackageException">The graph's file is none.</exception>
    public ImageEncoderSessions(ModelPackage package, EngineOptions options, PlacementWatch watch)
    {
        var precision = package.Manifest.Precision;
        var (rearranges, middle) = (!options.ActsAsGpu && !options.MappedWeights, $"vis_block{(package.Config.VisionLayers / 2) - 1}");
        if (precision == Precision.Fp32 && rearranges && GraphCut.At(GraphFile.Read(package.ImageEncoderPath), middle) is var (before, after))
        {
            openings = [() => Open(before), () => Open(after)];
            cuts = [middle];
        }
        else
        {
            // In int8 rearranged weights are little, and soon done; in fp16 the processor has them unpacked already.
            var prepack = precision == Precision.Int8 || (precision == Precision.Fp32 && rearranges);
            openings = [() => watch.Add(OnnxSessionFactory.Open(package, package.ImageEncoderPath, options, prepack, watch.On), "image encoder")];
        }

        parts = new InferenceSession[openings.Length];

        InferenceSession Open(ModelProto part) => OnnxSessionFactory.Open(part.ToByteArray(), package.Directory, options, prepack: true);
    }

    /// <summary>How many parts there are.</summary>
    public int Parts => openings.Length;

    /// <summary>The session of the whole graph, which a GPU has.</summary>
    public InferenceSession Whole => parts.Single()!;

    /// <summary>Opens a part. All have to be open before the first run.</summary>
    /// <exception cref="OnnxRuntimeException">It does not open.</exception>
    public void Open(int part) => parts[part] = openings[part]();

    /// <summary>Encodes pictures.</summary>
    /// <param name="run">How.</param>
    /// <param name="pixels">Normalised pictures <c>[batch, 3, R, R]</c>.</param>
    /// <returns>Image tokens <c>[batch, image tokens, hidden]</c> and unit embeddings <c>[batch, embed_dim]</c>.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunOptions run, OrtValue pixels)
    {
        if (cuts.Length == 0)
            return Whole.Run(run, [Pixels], [pixels], Outputs);
        using var tokens = parts[0]!.Run(run, [Pixels], [pixels], cuts);
        return parts[1]!.Run(run, cuts, tokens, Outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(parts, part => part?.Dispose());
}
