namespace MplugCluster.Model.Inference;

/// <summary>What the image encoder makes of one picture.</summary>
/// <param name="Embedding">Unit vector <c>[embed_dim]</c>.</param>
/// <param name="Tokens">Image tokens <c>[image tokens, hidden]</c>.</param>
public sealed record ImageFeatures(float[] Embedding, ImageTokens Tokens)
{
    /// <summary>Features with fp32 tokens.</summary>
    public ImageFeatures(float[] embedding, float[] tokens) : this(embedding, new ImageTokens(tokens))
    {
    }

    /// <summary>Bytes that a cache pays for it.</summary>
    public long Bytes => sizeof(float) * (long)Embedding.Length + Tokens.Bytes.Length;
}
