using System.Numerics.Tensors;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Explain;

/// <summary>Maps of tokens as maps of words.</summary>
static class WordMaps
{
    const string Continuation = "##";

    /// <summary>
    /// Pieces that continue a word (<c>##s</c>) are joined to it, and its map is the mean of theirs. What stands for no word of the text is left out:
    /// <c>[CLS]</c> and <c>[SEP]</c>. An unknown word stays, as <c>[UNK]</c>.
    /// </summary>
    /// <param name="pieces">The tokens of the text.</param>
    /// <param name="maps">Map of each, of sum 1.</param>
    public static IReadOnlyList<ExplainedToken> Merge(IReadOnlyList<string> pieces, float[][] maps)
    {
        var words = new List<ExplainedToken>();
        for (var first = 0; first < pieces.Count;)
        {
            var end = first + 1;
            while (end < pieces.Count && pieces[end].StartsWith(Continuation, StringComparison.Ordinal))
                end++;
            if (pieces[first] is not ("[CLS]" or "[SEP]"))
                words.Add(new ExplainedToken(string.Concat(pieces.Take(first..end).Select(Letters)), Mean(maps[first..end])));
            first = end;
        }

        return words;
    }

    static string Letters(string piece) => piece.StartsWith(Continuation, StringComparison.Ordinal) ? piece[Continuation.Length..] : piece;

    static float[] Mean(float[][] maps)
    {
        if (maps.Length == 1)
            return maps[0];
        var mean = new float[maps[0].Length];
        foreach (var map in maps)
            TensorPrimitives.Add(mean, map, mean);
        TensorPrimitives.Divide(mean, maps.Length, mean);
        return mean;
    }
}
