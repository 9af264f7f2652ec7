using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>What a block's pair parts found, by content hash and text.</summary>
sealed class PairNumbers
{
    readonly Dictionary<(string ContentHash, int Text), (ItmLogits Logits, float ItcSimilarity)> pairs = [];
    readonly Dictionary<string, ItemError> errors = new(StringComparer.Ordinal);

    /// <summary>A pair's numbers, or why it has none.</summary>
    public ((ItmLogits Logits, float ItcSimilarity)? Numbers, ItemError? Error) Of(string contentHash, int text)
    {
        if (errors.TryGetValue(contentHash, out var error))
            return (null, error);
        var pair = pairs[(contentHash, text)];
        return UnusableNumbers.Are(pair.Logits, pair.ItcSimilarity) ? (null, UnusableNumbers.OfPair) : (pair, null);
    }

    /// <summary>Why a picture failed; null if it did not.</summary>
    public ItemError? ErrorOf(string contentHash) => errors.GetValueOrDefault(contentHash);

    /// <summary>Sections of a pair part's file: logits, similarities, errors.</summary>
    public static byte[][] ToSections(ScoredGroups scored) =>
        [FloatBytes.From(scored.ItmLogits), FloatBytes.From(scored.ItcSimilarities), JobJson.ToBytes(scored.Errors)];

    /// <summary>Takes a pair part's result.</summary>
    public void Add(PictureTexts[] groups, byte[] logits, byte[] similarities, byte[] failed)
    {
        var itm = FloatBytes.ToFloats(logits);
        var itc = FloatBytes.ToFloats(similarities);
        var faults = JobJson.Read<ItemError?[]>(failed);
        var at = 0;
        foreach (var (number, group) in groups.Index())
        {
            if (faults[number] is { } error)
                errors[group.Picture.ContentHash] = error;
            foreach (var text in group.Texts)
            {
                pairs[(group.Picture.ContentHash, text)] = (new ItmLogits(itm[2 * at], itm[2 * at + 1]), itc[at]);
                at++;
            }
        }
    }
}
