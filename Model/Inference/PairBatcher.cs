using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Inference;

/// <summary>
/// Cuts groups of pairs into runs of the pair scorer. The cut follows from the request alone, never from load or time, so the same
/// request always gives the same numbers to the last bit.
/// </summary>
sealed class PairBatcher
{
    /// <summary>Texts per picture and run; beyond it nothing is won.</summary>
    const int MaxTexts = 128;

    /// <summary>A run that has this many texts is closed rather than padded by more than <see cref="PaddingLimit"/>.</summary>
    const int EnoughTexts = 16;
    const double PaddingLimit = 1.25;

    /// <summary>Text tokens that several pictures with few texts may put into one run.</summary>
    const int TokensPerRun = 1024;

    readonly int maxTexts;
    readonly int maxTokens;
    readonly int maxImages;
    readonly int absorbedTokens;

    /// <summary>A plan for a model on a kind of device.</summary>
    /// <param name="config">The model.</param>
    /// <param name="maxImages">Pictures per run.</param>
    /// <param name="absorbedTokens">Text tokens per picture up to which the absorbed form is taken; negative: <see cref="BreakEven"/>.</param>
    public PairBatcher(MplugConfig config, int maxImages, int absorbedTokens)
    {
        this.maxImages = maxImages;
        this.absorbedTokens = absorbedTokens < 0 ? BreakEven(config) : absorbedTokens;

        // From a concat layer on every pair has its own copy of the image tokens; that, not the texts, is what memory goes to.
        var concat = Enumerable.Range(0, config.FusionLayers).Any(config.IsConcatLayer);
        maxTexts = concat ? Math.Clamp(8192 / config.ImageTokens, 1, MaxTexts) : MaxTexts;
        maxTokens = concat ? maxTexts : TokensPerRun;
    }

    /// <summary>Plans the runs.</summary>
    /// <param name="lengths">For each group the lengths of its texts, in tokens.</param>
    public IReadOnlyList<PairBatch> Plan(IReadOnlyList<IReadOnlyList<int>> lengths)
    {
        var cuts = lengths.SelectMany((texts, group) => Cut(group, texts)).ToList();
        var runs = new List<PairBatch>();
        foreach (var alike in cuts.GroupBy(cut => (cut.Texts.Length, cut.Length)).OrderBy(shape => shape.Key))
        {
            var (texts, length) = alike.Key;
            var perRun = Math.Clamp(maxTokens / (texts * length), 1, maxImages);
            runs.AddRange(alike.Chunk(perRun).Select(rows => new PairBatch(
                [.. rows.Select(row => (row.Group, row.Texts))], length, Absorbed: texts * length <= absorbedTokens)));
        }

        return runs;
    }

    /// <summary>
    /// Text tokens per picture at which both forms of a cross-attention layer are equally many multiplications. With keys and values: two
    /// projections of every image token, then per text token one pass over one head's width each; absorbed: per text token a pass over the
    /// whole width for every head, and twice the fold through one head's weights.
    /// </summary>
    internal static int BreakEven(MplugConfig config)
    {
        long tokens = config.ImageTokens, width = config.HiddenSize, heads = config.AttentionHeads;
        var keysAndValues = 2 * tokens * width * width;
        var perTextToken = 2 * tokens * width * (heads - 1) + 2 * width * width;
        return (int)(keysAndValues / perTextToken);
    }

    /// <summary>Cuts one picture's texts, shortest first, into runs of similar lengths.</summary>
    IEnumerable<(int Group, int[] Texts, int Length)> Cut(int group, IReadOnlyList<int> lengths)
    {
        var run = new List<int>();
        foreach (var text in Enumerable.Range(0, lengths.Count).OrderBy(text => lengths[text]))
        {
            if (run.Count == maxTexts || (run.Count >= EnoughTexts && lengths[text] > PaddingLimit * lengths[run[0]]))
            {
                yield return (group, [.. run], lengths[run[^1]]);
                run.Clear();
            }

            run.Add(text);
        }

        if (run.Count > 0)
            yield return (group, [.. run], lengths[run[^1]]);
    }
}
