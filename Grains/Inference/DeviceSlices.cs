using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// Cuts a request's pairs into slices of a device's lane. The cut follows from the request alone, so that the same request always gives the
/// same numbers.
/// </summary>
static class DeviceSlices
{
    /// <summary>Slices of up to so many pairs; a picture's texts stay together unless they alone are more.</summary>
    public static IEnumerable<IReadOnlyList<PairGroup>> OfPairs(IReadOnlyList<PairGroup> groups, int pairsPerSlice)
    {
        var slice = new List<PairGroup>();
        var count = 0;
        foreach (var part in groups.SelectMany(group => Parts(group, pairsPerSlice)))
        {
            if (count > 0 && count + part.Texts.Count > pairsPerSlice)
            {
                yield return slice;
                (slice, count) = ([], 0);
            }

            slice.Add(part);
            count += part.Texts.Count;
        }

        if (slice.Count > 0)
            yield return slice;
    }

    /// <summary>Puts the results of a group's parts together again.</summary>
    public static ItmLogits[][] Join(IReadOnlyList<PairGroup> groups, IReadOnlyList<ItmLogits[]> parts)
    {
        var results = new ItmLogits[groups.Count][];
        var part = 0;
        for (var group = 0; group < results.Length; group++)
        {
            var scored = parts[part++];
            while (scored.Length < groups[group].Texts.Count)
                scored = [.. scored, .. parts[part++]];
            results[group] = scored;
        }

        return results;
    }

    static IEnumerable<PairGroup> Parts(PairGroup group, int most) =>
        group.Texts.Count <= most ? [group] : group.Texts.Chunk(most).Select(texts => group with { Texts = texts });
}
