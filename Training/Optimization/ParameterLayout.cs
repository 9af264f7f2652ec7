using System.Collections.Immutable;

namespace MplugCluster.Training.Optimization;

/// <summary>Where every weight lies in one long vector: those with momentum copies first, and what the optimiser treats alike side by side.</summary>
sealed class ParameterLayout
{
    const string VisionRoot = "visual_encoder.";

    /// <summary>Lays weights out.</summary>
    /// <param name="weights">Names, shapes, and whether there is a momentum copy.</param>
    /// <param name="decayEverything">Whether biases and layer norms decay too.</param>
    /// <param name="alignment">Bytes that every weight begins at a multiple of.</param>
    public ParameterLayout(IEnumerable<(string Name, ImmutableArray<int> Shape, bool HasCopy)> weights, bool decayEverything, int alignment)
    {
        var step = alignment / sizeof(float);
        var groups = weights
            .GroupBy(weight => (weight.HasCopy, Vision: IsVision(weight.Name), Decays: decayEverything || Decays(weight.Name)))
            .OrderByDescending(group => group.Key.HasCopy).ThenByDescending(group => group.Key.Vision).ThenByDescending(group => group.Key.Decays);
        var places = new List<ParameterPlace>();
        var ranges = new List<ParameterRange>();
        foreach (var group in groups)
        {
            var start = Count;
            foreach (var (name, shape, _) in group.OrderBy(weight => weight.Name, StringComparer.Ordinal))
            {
                var place = new ParameterPlace(name, shape, Count);
                places.Add(place);
                Count += (place.Count + step - 1) / step * step;
            }

            ranges.Add(new ParameterRange(start, (int)(Count - start), group.Key.Vision, group.Key.Decays));
            if (group.Key.HasCopy)
                (CopiedCount, CopiedPlaces) = (Count, places.Count);
        }

        (Places, Ranges) = (places, ranges);
    }

    /// <summary>Every weight, in order.</summary>
    public IReadOnlyList<ParameterPlace> Places { get; }

    /// <summary>What the optimiser goes through.</summary>
    public IReadOnlyList<ParameterRange> Ranges { get; }

    /// <summary>Numbers in all, gaps included.</summary>
    public long Count { get; }

    /// <summary>How many of the first numbers have momentum copies.</summary>
    public long CopiedCount { get; }

    /// <summary>Weights with momentum copies.</summary>
    public IEnumerable<ParameterPlace> Copied => Places.Take(CopiedPlaces);

    int CopiedPlaces { get; }

    static bool IsVision(string name) => name.StartsWith(VisionRoot, StringComparison.Ordinal);

    /// <summary>The reference goes by these parts of names; no others.</summary>
    static bool Decays(string name) =>
        !name.Contains("bias", StringComparison.Ordinal) && !name.Contains("LayerNorm.weight", StringComparison.Ordinal);
}
