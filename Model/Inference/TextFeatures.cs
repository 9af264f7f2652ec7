namespace MplugCluster.Model.Inference;

/// <summary>What the text encoder makes of one text; padding never enters it.</summary>
/// <param name="Embedding">Unit vector <c>[embed_dim]</c>.</param>
/// <param name="Tokens">Text tokens <c>[length, hidden]</c>, row by row.</param>
/// <param name="Length">Number of tokens.</param>
public sealed record TextFeatures(float[] Embedding, float[] Tokens, int Length)
{
    /// <summary>Bytes that a cache pays for it.</summary>
    public long Bytes => sizeof(float) * ((long)Embedding.Length + Tokens.Length);
}
