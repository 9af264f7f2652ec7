using System.Collections.Immutable;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Differentiation;
using MplugCluster.Training.Losses;

namespace MplugCluster.Training.Steps;

/// <summary>
/// Forward pass, losses and gradients of one batch as an ONNX graph. Weights, momentum copies and queues are inputs; losses, the queues with this
/// batch in them, and a gradient for every weight are outputs.
/// </summary>
/// <remarks>
/// Source: AliceMind mPLUG models/model_retrieval_mplug.py MPLUG.forward. The momentum copies that come in have already taken their step towards
/// the weights, as the reference does before it uses them.
/// </remarks>
sealed class GradientGraph
{
    /// <summary>The row of BERT's padding token, which gets no gradient.</summary>
    const int PaddingRow = 0;

    const string WordEmbeddings = "text_encoder.embeddings.word_embeddings.weight";

    readonly TrainedParameters parameters;
    readonly MomentumParameters copies;

    /// <summary>Writes the graph.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="batch">Pairs of a batch, at least 2.</param>
    /// <param name="queue">Rows of the queues.</param>
    /// <param name="dropout">Probability with which elements are dropped.</param>
    /// <param name="recompute">Whether layers run again in the backward pass.</param>
    public GradientGraph(MplugConfig config, int batch, int queue, double dropout = 0, bool recompute = false)
    {
        var tape = new GradientTape<OnnxTensor> { Recompute = recompute };
        (parameters, copies) = (new(Graph, tape), new(Graph));
        var length = Dim.Symbol("T");
        var pixels = Graph.Input(StepNames.Pixels, OnnxType.Float, batch, 3, config.ImageResolution, config.ImageResolution);
        var ids = Graph.Input(StepNames.Ids, OnnxType.Int64, batch, length);
        var mask = Graph.Input(StepNames.Mask, OnnxType.Int64, batch, length);
        var identities = Constant(StepNames.Identities, OnnxType.Int64, batch);
        var queued = new QueuedEmbeddings<OnnxTensor>(
            Constant(StepNames.ImageQueue, OnnxType.Float, queue, config.EmbeddingSize),
            Constant(StepNames.TextQueue, OnnxType.Float, queue, config.EmbeddingSize),
            Constant(StepNames.IdentityQueue, OnnxType.Int64, queue));

        // CLIP's blocks have no dropout in ModelScope's trainer, and none here; what follows them has.
        Dropout = dropout > 0 ? new DropoutSites(Graph, dropout) : null;
        tape.Dropout = Dropout;
        var (imageTokens, image) = new ImageEncoder<Autodiff<OnnxTensor>>(config, parameters).Encode(tape.Constant(pixels));
        if (Dropout is not null)
            Dropout.InAttention = true;
        var (textTokens, text) = new TextEncoder<Autodiff<OnnxTensor>>(config, parameters).Encode(tape.Constant(ids), tape.Constant(mask.ToFloat()));
        var momentum = new Embeddings<OnnxTensor>(
            tape.Constant(new ImageEncoder<OnnxTensor>(config, copies).Encode(pixels).Embedding),
            tape.Constant(new TextEncoder<OnnxTensor>(config, copies).Encode(ids, mask.ToInt32()).Embedding));

        var contrast = ContrastiveLoss<OnnxTensor>.Of(
            new(image, text), momentum, queued, identities, parameters[StepNames.Temperature], Constant(StepNames.Alpha, OnnxType.Float));
        var matching = MatchingLoss.Of(
            new FusionEncoder<Autodiff<OnnxTensor>>(config, parameters),
            imageTokens,
            textTokens,
            tape.Constant(mask.ToFloat()),
            HardNegatives.Choose(contrast.TextToImage, identities, Constant(StepNames.RandomImages, OnnxType.Float, batch)),
            HardNegatives.Choose(contrast.ImageToText, identities, Constant(StepNames.RandomTexts, OnnxType.Float, batch)));

        Graph.Output(StepNames.ContrastiveLoss, contrast.Loss.Value);
        Graph.Output(StepNames.MatchingLoss, matching.Value);
        var slots = Graph.Input(StepNames.Slots, OnnxType.Int64, batch);
        Graph.Output(StepNames.Next(StepNames.ImageQueue), queued.Images.Value.WithRows(slots, momentum.Image.Value));
        Graph.Output(StepNames.Next(StepNames.TextQueue), queued.Texts.Value.WithRows(slots, momentum.Text.Value));
        Graph.Output(StepNames.Next(StepNames.IdentityQueue), queued.Identities.Value.WithRows(slots, identities.Value));
        WriteGradients(tape, contrast.Loss + matching);

        Autodiff<OnnxTensor> Constant(string name, OnnxType type, params Dim[] dims) => tape.Constant(Graph.Input(name, type, dims));
    }

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; } = new("training_gradients", opset: OnnxGraph.TrainingOpset);

    /// <summary>Where elements are dropped; null without dropout.</summary>
    public DropoutSites? Dropout { get; }

    /// <summary>The weights that are trained, in the order of their names, and whether each has a momentum copy.</summary>
    public IEnumerable<(string Name, ImmutableArray<int> Shape, bool HasCopy)> Weights
    {
        get
        {
            var copied = copies.Originals.ToHashSet(StringComparer.Ordinal);
            return parameters.Variables.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => (entry.Key, entry.Value.Shape.Numbers, copied.Contains(entry.Key)));
        }
    }

    void WriteGradients(GradientTape<OnnxTensor> tape, Autodiff<OnnxTensor> loss)
    {
        var names = parameters.Variables.Keys.Order(StringComparer.Ordinal).ToList();
        var gradients = tape.Gradients(loss, names.Select(name => parameters.Variables[name]));
        foreach (var (name, gradient) in names.Zip(gradients))
        {
            var known = gradient ?? throw new InvalidOperationException($"The losses do not depend on '{name}'.");
            Graph.Output(StepNames.Gradient(name), name == WordEmbeddings ? WithoutPadding(known) : known);
        }
    }

    static OnnxTensor WithoutPadding(OnnxTensor gradient) => OnnxTensor.Concat(
        0, gradient.Slice(0, PaddingRow, PaddingRow + 1).Scale(0), gradient.Slice(0, PaddingRow + 1, gradient.Shape[0]));
}
