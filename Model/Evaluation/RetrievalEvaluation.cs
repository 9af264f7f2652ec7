namespace MplugCluster.Model.Evaluation;

/// <summary>
/// One evaluation: which pairs have to be scored, and what their ITM logits make of Recall@K. A pair that is a candidate in both
/// directions is scored once, and pairs are grouped by picture, because a picture's keys and values then serve all its texts.
/// </summary>
/// <remarks>
/// Source: AliceMind mPLUG/retrieval.py evaluation, itm_eval. There every unscored pair counts as -100, so they tie and an unstable sort
/// decides; here they follow the scored ones in the order of their numbers, which is one of the reference's possible orders.
/// </remarks>
public sealed class RetrievalEvaluation
{
    readonly RetrievalAnnotations annotations;
    readonly int[][] textCandidates;
    readonly int[][] imageCandidates;
    readonly Dictionary<int, float>[] logits;

    /// <summary>Plans an evaluation.</summary>
    /// <param name="annotations">Pictures, captions, and which belong together.</param>
    /// <param name="textCandidates">For each picture the captions to rerank.</param>
    /// <param name="imageCandidates">For each caption the pictures to rerank.</param>
    public RetrievalEvaluation(RetrievalAnnotations annotations, int[][] textCandidates, int[][] imageCandidates)
    {
        (this.annotations, this.textCandidates, this.imageCandidates) = (annotations, textCandidates, imageCandidates);
        var texts = textCandidates.Select(candidates => new SortedSet<int>(candidates)).ToArray();
        for (var caption = 0; caption < imageCandidates.Length; caption++)
        {
            foreach (var image in imageCandidates[caption])
                texts[image].Add(caption);
        }

        Pairs = [.. texts.Select(set => set.ToArray())];
        logits = [.. Pairs.Select(set => new Dictionary<int, float>(set.Length))];
    }

    /// <summary>For each picture the captions that it must be scored against.</summary>
    public IReadOnlyList<int[]> Pairs { get; }

    /// <summary>Plans an evaluation of everything within the first <paramref name="candidates"/> by ITC similarity.</summary>
    public static RetrievalEvaluation Plan(
        RetrievalAnnotations annotations, IReadOnlyList<float[]> images, IReadOnlyList<float[]> texts, int candidates) =>
        new(annotations, Candidates.Select(images, texts, candidates), Candidates.Select(texts, images, candidates));

    /// <summary>Keeps the ITM logit of one pair.</summary>
    public void Add(int image, int caption, float itmLogit) => logits[image][caption] = itmLogit;

    /// <summary>Recall after reranking, when every pair of <see cref="Pairs"/> has its logit.</summary>
    /// <exception cref="InvalidOperationException">A pair has none.</exception>
    public RecallMetrics Reranked() => Recall(RerankedRanks());

    /// <summary>Recall by ITC similarity alone.</summary>
    public RecallMetrics ByItc() => Recall(ItcRanks());

    /// <summary>Ranks (0 = first) of each picture's captions, and of each caption's picture, after reranking.</summary>
    /// <exception cref="InvalidOperationException">A pair has no logit.</exception>
    public (IReadOnlyList<int[]> OfPictures, IReadOnlyList<int[]> OfCaptions) RerankedRanks() => Ranks(
        (image, candidates) => Reordered(candidates, caption => Logit(image, caption)),
        (caption, candidates) => Reordered(candidates, image => Logit(image, caption)));

    /// <summary>The same by ITC similarity alone.</summary>
    public (IReadOnlyList<int[]> OfPictures, IReadOnlyList<int[]> OfCaptions) ItcRanks() => Ranks(
        (_, candidates) => candidates, (_, candidates) => candidates);

    (IReadOnlyList<int[]>, IReadOnlyList<int[]>) Ranks(Func<int, int[], int[]> ofPicture, Func<int, int[], int[]> ofCaption) => (
        [.. textCandidates.Select((candidates, image) => ofPicture(image, candidates))
            .Select((order, image) => annotations.CaptionsOfImage[image].Select(caption => Rank(order, caption)).ToArray())],
        [.. imageCandidates.Select((candidates, caption) => ofCaption(caption, candidates))
            .Select((order, caption) => new[] { Rank(order, annotations.ImageOfCaption[caption]) })]);

    /// <summary>A picture without captions has no right answer, and so the worst rank.</summary>
    static RecallMetrics Recall((IReadOnlyList<int[]> OfPictures, IReadOnlyList<int[]> OfCaptions) ranks) => RecallMetrics.FromRanks(
        [.. ranks.OfPictures.Select(ranks => ranks.Length == 0 ? int.MaxValue : ranks.Min())],
        [.. ranks.OfCaptions.Select(ranks => ranks[0])]);

    float Logit(int image, int caption) => logits[image].TryGetValue(caption, out var logit)
        ? logit
        : throw new InvalidOperationException($"Picture {image} and caption {caption} have not been scored.");

    static int[] Reordered(int[] candidates, Func<int, float> logit) =>
    [
        .. candidates.Select(candidate => (Item: candidate, Logit: logit(candidate)))
            .OrderByDescending(candidate => candidate.Logit).ThenBy(candidate => candidate.Item).Select(candidate => candidate.Item),
    ];

    /// <summary>Place in the order; what is not in it follows by number.</summary>
    static int Rank(int[] order, int item)
    {
        var rank = Array.IndexOf(order, item);
        return rank >= 0 ? rank : order.Length + item - order.Count(other => other < item);
    }
}
