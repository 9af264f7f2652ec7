using System.Numerics.Tensors;

namespace MplugCluster.Model.Inference;

/// <summary>How the tokens of a text attend to a picture in one fusion layer, and what the pair scores.</summary>
/// <param name="Logits">The pair's ITM logits.</param>
/// <param name="Shares">Attention <c>[heads, text tokens, image tokens]</c>; every row of image tokens sums to 1. Image token 0 is the class token.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="TextTokens">Tokens of the text.</param>
public sealed record PairAttention(ItmLogits Logits, float[] Shares, int Heads, int TextTokens)
{
    /// <summary>Image tokens, the class token included.</summary>
    public int ImageTokens => Shares.Length / (Heads * TextTokens);

    /// <summary>
    /// One map for each token, <c>[text tokens, patches]</c>, patches row by row: the mean of the heads, without the class token, scaled to sum 1. A
    /// token whose attention is all the class token's gets an even map.
    /// </summary>
    public float[] Maps()
    {
        var (count, patches) = (ImageTokens, ImageTokens - 1);
        var maps = new float[TextTokens * patches];
        for (var token = 0; token < TextTokens; token++)
        {
            var map = maps.AsSpan(token * patches, patches);
            for (var head = 0; head < Heads; head++)
                TensorPrimitives.Add(map, Shares.AsSpan((head * TextTokens + token) * count + 1, patches), map);
            var sum = TensorPrimitives.Sum(map);
            if (sum > 0)
                TensorPrimitives.Divide(map, sum, map);
            else
                map.Fill(1f / patches);
        }

        return maps;
    }
}
