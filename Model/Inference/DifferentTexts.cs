using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Inference;

/// <summary>The different texts of a run, one behind another.</summary>
sealed class DifferentTexts
{
    readonly Dictionary<float[], long[]> rows = new(ReferenceEqualityComparer.Instance);
    readonly List<float[]> texts = [];

    /// <summary>Rows of all of them.</summary>
    public int Count { get; private set; }

    /// <summary>Where a text's tokens are; one that is new is put behind the others.</summary>
    public long[] Rows(TextFeatures text)
    {
        if (rows.TryGetValue(text.Tokens, out var known))
            return known;
        texts.Add(text.Tokens);
        var added = Enumerable.Range(Count, text.Length).Select(row => (long)row).ToArray();
        Count += text.Length;
        rows.Add(text.Tokens, added);
        return added;
    }

    /// <summary>Their tokens, <c>[places, width]</c>.</summary>
    /// <param name="width">Width of a token.</param>
    /// <param name="places">Rows that there are places for; what stands in those beyond the last is nobody's.</param>
    public OrtValue Tokens(int width, int places)
    {
        var all = new float[places * width];
        var at = 0;
        foreach (var text in texts)
        {
            text.CopyTo(all, at);
            at += text.Length;
        }

        return OrtValue.CreateTensorValueFromMemory(all, [places, width]);
    }
}
