namespace MplugCluster.Model.Architecture;

/// <summary>
/// Every size of an mPLUG retrieval model; nothing in the architecture depends on anything else.
/// Read from a checkpoint directory's <c>config.yaml</c> and BERT json, kept in a package's <c>package.json</c>.
/// </summary>
/// <remarks>Source: X-PLUG/mPLUG, configs/retrieval_flickr30k_mplug_large.yaml and configs/config_bert.json.</remarks>
public sealed record MplugConfig
{
    /// <summary>Height and width of the encoder's input in pixels (published: 336).</summary>
    public required int ImageResolution { get; init; }

    /// <summary>Side of one image patch in pixels (ViT-L/14: 14).</summary>
    public required int PatchSize { get; init; }

    /// <summary>Width of the vision transformer (ViT-L/14: 1024).</summary>
    public required int VisionWidth { get; init; }

    /// <summary>Blocks of the vision transformer (ViT-L/14: 24).</summary>
    public required int VisionLayers { get; init; }

    /// <summary>Width of text and fusion encoder, and of the image tokens they read (published: 768).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Attention heads of text and fusion encoder (published: 12).</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Width of the feed-forward layers of text and fusion encoder (published: 3072).</summary>
    public required int IntermediateSize { get; init; }

    /// <summary><c>num_hidden_layers</c>: the fusion encoder's layers are counted back from here (published: 12).</summary>
    public required int HiddenLayers { get; init; }

    /// <summary>BERT layers of the text encoder, from layer 0 on (published: 6).</summary>
    public required int TextEncoderLayers { get; init; }

    /// <summary>Layers of the fusion encoder that run: the last ones of <see cref="HiddenLayers"/> (published: 6).</summary>
    public required int FusionLayers { get; init; }

    /// <summary>Every how many fusion layers image and text tokens attend to each other in one sequence (published: 6, so never).</summary>
    public required int StrideLayer { get; init; }

    /// <summary>Rows of the word embedding (published: 30522).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Rows of the text position embedding, the longest text in tokens (published: 512).</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Rows of the token type embedding; only row 0 is used (published: 2).</summary>
    public required int TokenTypes { get; init; }

    /// <summary>Epsilon of the BERT layer norms (published: 1e-12).</summary>
    public required float LayerNormEpsilon { get; init; }

    /// <summary>Numbers of an image or text embedding (published: 256).</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary><c>k_test</c>: candidates that are reranked when nobody says otherwise (published: 256).</summary>
    public required int Candidates { get; init; }

    /// <summary>Patches along one side.</summary>
    public int Grid => ImageResolution / PatchSize;

    /// <summary>Image tokens: the class token and one per patch (published: 577).</summary>
    public int ImageTokens => Grid * Grid + 1;

    /// <summary>Heads of the vision transformer: CLIP's heads are 64 wide.</summary>
    public int VisionHeads => VisionWidth / 64;

    /// <summary>Whether image tokens are projected to <see cref="HiddenSize"/> (large models; base models have equal widths).</summary>
    public bool HasVisionProjection => VisionWidth != HiddenSize;

    /// <summary>Number of the first fusion layer within the BERT numbering.</summary>
    public int FirstFusionLayer => HiddenLayers - FusionLayers;

    /// <summary>Whether fusion layer <paramref name="n"/> (0 = the first that runs) attends over image and text tokens together.</summary>
    public bool IsConcatLayer(int n) => n > 0 && n % StrideLayer == 0;
}
