namespace MplugCluster.Model.Inference;

/// <summary>What the image encoder makes of one picture.</summary>
/// <param name="Embedding">Unit vector <c>[embed_dim]</c>.</param>
/// <param name="Tokens">Image tokens <c>[image tokens, hidden]</c>, row by row.</param>
public sealed record ImageFeatures(float[] Embedding, float[] Tokens)
{
    /// <summary>Bytes that a cache pays for it.</summary>
    public long Bytes => sizeof(float) * ((long)Embedding.Length + Tokens.Length);
}
