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

    /// <summary>A plan for a model on a kind of device.</summary>
    /// <param name="config">The model.</param>
    /// <param name="maxImages">Pictures per run.</param>
    public PairBatcher(MplugConfig config, int maxImages)
    {
        this.maxImages = maxImages;

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
            var perRun = Math.Clamp(maxTokens / (alike.Key.Item1 * alike.Key.Item2), 1, maxImages);
            runs.AddRange(alike.Chunk(perRun).Select(rows => new PairBatch([.. rows.Select(row => (row.Group, row.Texts))], alike.Key.Item2)));
        }

        return runs;
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
