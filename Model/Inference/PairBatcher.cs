using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;

namespace MplugCluster.Model.Inference;

/// <summary>
/// Cuts groups of pairs into runs of the pair scorer. The cut follows from the request and the sizes alone, never from load or time, so the same
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
/// On a GPU texts lie in rows without padding too, for their mean length is half the longest; but a run's pictures, texts, rows and length are
/// sizes of <see cref="ShapeBuckets"/>, and pictures whose rows are of one size share a run, since they pad each other with nothing more.
/// </remarks>
sealed class PairBatcher
{
    /// <summary>Text tokens per picture and run: what their rows take of memory.</summary>
    const int TokensPerImage = 2048;

    /// <summary>
    /// Text tokens that several pictures may put into one run: on a processor only pictures with few texts gain from company; an H100 scored 8 pictures with
    /// 128 texts each in half the time of one after the other.
    /// </summary>
    const int TokensPerRun = 1024, GpuTokensPerRun = 16 * 1024;

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
    readonly bool buckets;

    /// <summary>A plan for a model.</summary>
    /// <param name="config">The model.</param>
    /// <param name="absorbedTokens">Text tokens per picture up to which the absorbed form is taken; negative: while it is less work.</param>
    /// <param name="buckets">Whether shapes are few and come again, as a GPU wants them.</param>
    public PairBatcher(MplugConfig config, int absorbedTokens, bool buckets = false)
    {
        (this.config, this.absorbedTokens, this.buckets) = (config, absorbedTokens, buckets);

        // From a concat layer on every pair has its own copy of the image tokens; that, not the texts, is what memory goes to.
        var concat = Enumerable.Range(0, config.FusionLayers).Any(config.IsConcatLayer);
        maxTexts = concat ? Math.Clamp(8192 / config.ImageTokens, 1, BatchSizes.MostPairTexts) : BatchSizes.MostPairTexts;
        maxImages = concat ? 1 : int.MaxValue;
    }

    /// <summary>Plans the runs.</summary>
    /// <param name="lengths">For each group the lengths of its texts, in tokens.</param>
    /// <param name="sizes">How much may go into a run.</param>
    public IReadOnlyList<PairBatch> Plan(IReadOnlyList<IReadOnlyList<int>> lengths, BatchSizes sizes)
    {
        var runs = new List<PairBatch>();
        var parts = lengths.SelectMany((texts, group) => Cut(group, texts, MostTexts(sizes)));
        foreach (var form in parts.GroupBy(part => part.Absorbed).OrderBy(form => form.Key))
        {
            var most = MostImages(sizes, form.Key);
            var run = new List<Part>();
            foreach (var part in form.OrderBy(part => part.Tokens).ThenBy(part => part.Texts.Length))
            {
                if (run.Count > 0 && (run.Count == most || !Fits(run, part)))
                {
                    runs.Add(Batch(run));
                    run.Clear();
                }

                run.Add(part);
            }

            runs.Add(Batch(run));
        }

        return runs;
    }

    /// <summary>Whether a run, planned for other sizes, is not too large for these.</summary>
    public bool Fits(PairBatch run, BatchSizes sizes) =>
        run.Rows.Count <= MostImages(sizes, run.Absorbed) && run.Rows.All(row => row.Texts.Length <= MostTexts(sizes));

    /// <summary>The sizes that half of a run has.</summary>
    public static BatchSizes Half(PairBatch run, BatchSizes sizes) => run.Rows.Count == 1
        ? sizes with { PairTexts = run.Rows[0].Texts.Length / 2 }
        : sizes with { PairImages = Math.Max(1, run.Rows.Count / (run.Absorbed ? 4 : 2)) };

    /// <summary>Cuts a run of more than one pair in two, of the same form: fewer pictures each, or of one picture fewer texts.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lengths">For each group the lengths of its texts, in tokens.</param>
    public PairBatch[] Halves(PairBatch run, IReadOnlyList<IReadOnlyList<int>> lengths)
    {
        var rows = run.Rows.Select(row => PartOf(row.Group, row.Texts, lengths[row.Group], run.Absorbed)).ToArray();
        var parts = rows.Length > 1 ? rows : [.. rows[0].Texts.Chunk((rows[0].Texts.Length + 1) / 2)
            .Select(texts => PartOf(rows[0].Group, texts, lengths[rows[0].Group], run.Absorbed))];
        var half = parts.Length / 2;
        return [Batch(parts[..half]), Batch(parts[half..])];
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

    /// <summary>Without keys and values a picture takes far less memory, and its few rows gain most from company.</summary>
    int MostImages(BatchSizes sizes, bool absorbed) =>
        Filled(Math.Min(maxImages, absorbed && sizes.PairImages > 1 ? 2 * sizes.PairImages : sizes.PairImages));

    int MostTexts(BatchSizes sizes) => Filled(Math.Min(maxTexts, sizes.PairTexts));

    /// <summary>Of a limit what a shape can have, so that padding never goes beyond it.</summary>
    int Filled(int most) => buckets ? ShapeBuckets.Down(most) : most;

    int Padded(int count) => buckets ? ShapeBuckets.Up(count) : count;

    /// <summary>Asked of all a picture's texts, however many runs they need: the form must not depend on sizes.</summary>
    bool IsAbsorbed(IReadOnlyList<int> lengths, int tokens) =>
        absorbedTokens < 0 ? AbsorbingIsLess(config, lengths.Count, tokens) : tokens <= absorbedTokens;

    bool Fits(List<Part> run, Part part) =>
        Padded(part.Tokens) * Padded(run.Count + 1) <= (buckets ? GpuTokensPerRun : TokensPerRun)
        && (buckets ? Padded(part.Tokens) == Padded(run[0].Tokens) : part.Tokens <= PaddingLimit * run[0].Tokens)
        && part.Texts.Length <= 2 * run.Min(other => other.Texts.Length);

    /// <summary>A text alone stands there twice: the last layer and the head would multiply one row otherwise.</summary>
    PairBatch Batch(IReadOnlyList<Part> parts)
    {
        var tokens = parts.Max(part => part.Tokens);
        return new PairBatch(
            [.. parts.Select(part => (part.Group, part.Texts))],
            Padded(parts.Count),
            Padded(Math.Max(2, parts.Max(part => part.Texts.Length))),
            Padded(Math.Max(2, tokens > EvenFrom ? tokens + tokens % 2 : tokens)),
            (Padded(parts.Max(part => part.Longest)) + Step - 1) / Step * Step,
            parts[0].Absorbed);
    }

    /// <summary>A picture's texts, shared out among as many runs as they need; all but the largest groups need one.</summary>
    IEnumerable<Part> Cut(int group, IReadOnlyList<int> lengths, int most)
    {
        var tokens = lengths.Sum();
        var (runs, absorbed) = (Math.Max(Ceiling(lengths.Count, most), Ceiling(tokens, TokensPerImage)), IsAbsorbed(lengths, tokens));
        for (var run = 0; run < runs; run++)
        {
            int[] texts = [.. Enumerable.Range(0, lengths.Count).Where(text => text % runs == run)];
            if (texts.Length > 0)
                yield return PartOf(group, texts, lengths, absorbed);
        }

        static int Ceiling(int count, int size) => (count + size - 1) / size;
    }

    static Part PartOf(int group, int[] texts, IReadOnlyList<int> lengths, bool absorbed) =>
        new(group, texts, texts.Sum(text => lengths[text]), texts.Max(text => lengths[text]), absorbed);

    sealed record Part(int Group, int[] Texts, int Tokens, int Longest, bool Absorbed);
}
