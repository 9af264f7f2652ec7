namespace MplugCluster.Model.Inference;

/// <summary>What is kept of one text for any picture; padding never enters it.</summary>
/// <param name="Embedding">Unit vector <c>[embed_dim]</c>.</param>
/// <param name="Tokens">
/// Text tokens <c>[length, hidden]</c>, row by row: the text encoder's, as the fusion encoder's first layer has prepared them.
/// </param>
/// <param name="Length">Number of tokens.</param>
public sealed record TextFeatures(float[] Embedding, float[] Tokens, int Length)
{
    /// <summary>Bytes that a cache pays for it.</summary>
    public long Bytes => sizeof(float) * ((long)Embedding.Length + Tokens.Length);
}
