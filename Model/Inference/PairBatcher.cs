using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Inference;

/// <summary>
/// Cuts groups of pairs into runs of the pair scorer. The cut follows from the request alone, never from load or time, so the same
/// request always gives the same numbers to the last bit; and which form scores a picture's pairs follows from that picture's texts alone.
/// </summary>
/// <remarks>
/// What a picture with n texts of t tokens in all costs, in multiplications, with L image tokens, width H, a heads and k layers. The last layer runs
/// for token 0 of each text alone; so k - 1 layers have t queries and one has n, together q = (k - 1) t + n. In both forms a query costs the same but
/// in cross-attention, where it takes
/// <list type="bullet">
/// <item>with keys and values: <c>2 L H</c>, and the picture's keys and values <c>2 k L H^2</c> once;</item>
/// <item>absorbed: <c>2 a L H</c>, for every head reads whole tokens, and <c>2 H^2</c> to fold the query and its result through the head's weights.</item>
/// </list>
/// So absorbing is less work while <c>q (2 (a - 1) L H + 2 H^2) &lt;= 2 k L H^2</c>: for the published sizes up to five texts of 13 tokens, which
/// covers a text alone with any number of pictures. All a picture's texts go in one run whatever their lengths: keys and values are computed once.
/// </remarks>
sealed class PairBatcher
{
    /// <summary>Texts per picture and run; beyond it nothing is won.</summary>
    const int MaxTexts = 128;

    /// <summary>Text tokens per picture and run: what their rows take of memory.</summary>
    const int TokensPerImage = 2048;

    /// <summary>Text tokens that several pictures with few texts may put into one run.</summary>
    const int TokensPerRun = 1024;

    /// <summary>Pictures share a run if the one with most tokens has at most so many times those of the one with fewest.</summary>
    const double PaddingLimit = 1.125;

    /// <summary>
    /// Where tokens meet, texts are padded to a multiple of so many, and more than so many rows of a picture are an even number. The runtime's sums
    /// then run in the same order whatever else is in the run: full vectors, and no row that is multiplied alone.
    /// </summary>
    const int Step = 8, EvenFrom = 32;

    readonly MplugConfig config;
    readonly int maxTexts;
    readonly int maxImages;
    readonly int absorbedTokens;

    /// <summary>A plan for a model on a kind of device.</summary>
    /// <param name="config">The model.</param>
    /// <param name="maxImages">Pictures per run in the form with keys and values; in the absorbed form twice as many.</param>
    /// <param name="absorbedTokens">Text tokens per picture up to which the absorbed form is taken; negative: while it is less work.</param>
    public PairBatcher(MplugConfig config, int maxImages, int absorbedTokens)
    {
        (this.config, this.absorbedTokens) = (config, absorbedTokens);

        // From a concat layer on every pair has its own copy of the image tokens; that, not the texts, is what memory goes to.
        var concat = Enumerable.Range(0, config.FusionLayers).Any(config.IsConcatLayer);
        maxTexts = concat ? Math.Clamp(8192 / config.ImageTokens, 1, MaxTexts) : MaxTexts;
        this.maxImages = concat ? 1 : maxImages;
    }

    /// <summary>Plans the runs.</summary>
    /// <param name="lengths">For each group the lengths of its texts, in tokens.</param>
    public IReadOnlyList<PairBatch> Plan(IReadOnlyList<IReadOnlyList<int>> lengths)
    {
        var runs = new List<PairBatch>();
        foreach (var form in lengths.SelectMany((texts, group) => Cut(group, texts)).GroupBy(IsAbsorbed).OrderBy(form => form.Key))
        {
            // Without keys and values a picture takes far less memory, and its few rows gain most from company.
            var most = form.Key && maxImages > 1 ? 2 * maxImages : maxImages;
            var run = new List<Part>();
            foreach (var part in form.OrderBy(part => part.Tokens).ThenBy(part => part.Texts.Length))
            {
                if (run.Count > 0 && (run.Count == most || !Fits(run, part)))
                {
                    runs.Add(Batch(run, form.Key));
                    run.Clear();
                }

                run.Add(part);
            }

            runs.Add(Batch(run, form.Key));
        }

        return runs;
    }

    /// <summary>Whether absorbing keys and values of a picture is no more work than computing them.</summary>
    /// <param name="config">The model.</param>
    /// <param name="texts">The picture's texts.</param>
    /// <param name="tokens">Their tokens, together.</param>
    internal static bool AbsorbingIsLess(MplugConfig config, int texts, int tokens)
    {
        long image = config.ImageTokens, width = config.HiddenSize, heads = config.AttentionHeads, layers = config.FusionLayers;
        var queries = (layers - 1) * tokens + texts;
        return queries * (2 * (heads - 1) * image * width + 2 * width * width) <= 2 * layers * image * width * width;
    }

    bool IsAbsorbed(Part part) => absorbedTokens < 0 ? AbsorbingIsLess(config, part.Texts.Length, part.Tokens) : part.Tokens <= absorbedTokens;

    static bool Fits(List<Part> run, Part part) =>
        part.Tokens * (run.Count + 1) <= TokensPerRun
        && part.Tokens <= PaddingLimit * run[0].Tokens
        && part.Texts.Length <= 2 * run.Min(other => other.Texts.Length);

    /// <summary>A text alone stands there twice: the last layer and the head would multiply one row otherwise.</summary>
    static PairBatch Batch(List<Part> parts, bool absorbed)
    {
        var tokens = parts.Max(part => part.Tokens);
        return new PairBatch(
            [.. parts.Select(part => (part.Group, part.Texts))],
            Math.Max(2, parts.Max(part => part.Texts.Length)),
            Math.Max(2, tokens > EvenFrom ? tokens + tokens % 2 : tokens),
            (parts.Max(part => part.Longest) + Step - 1) / Step * Step,
            absorbed);
    }

    /// <summary>A picture's texts, shared out among as many runs as they need; all but the largest groups need one.</summary>
    IEnumerable<Part> Cut(int group, IReadOnlyList<int> lengths)
    {
        var runs = Math.Max(Ceiling(lengths.Count, maxTexts), Ceiling(lengths.Sum(), TokensPerImage));
        for (var run = 0; run < runs; run++)
        {
            int[] texts = [.. Enumerable.Range(0, lengths.Count).Where(text => text % runs == run)];
            if (texts.Length > 0)
                yield return new Part(group, texts, texts.Sum(text => lengths[text]), texts.Max(text => lengths[text]));
        }

        static int Ceiling(int count, int size) => (count + size - 1) / size;
    }

    sealed record Part(int Group, int[] Texts, int Tokens, int Longest);
}
