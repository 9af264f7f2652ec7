using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// Features of a set's captions, which are encoded in fixed groups of neighbours: a group is encoded and cached whole, so the numbers follow from
/// the input, and a silo encodes a caption once for all the parts that need it. Those of a set too large for a cache are encoded once for all
/// silos and written to files.
/// </summary>
sealed class CaptionFeatures(TextFeatureSource texts, SiloModel model)
{
    /// <summary>Captions of the largest set whose features all stay in a silo's cache.</summary>
    const int MostCached = 8192;

    /// <summary>Whether pair parts read the features of the captions from files: by the input's size alone, never by what a cache holds.</summary>
    public static bool AreWritten(PartScope scope) => scope.Input!.Captions > MostCached;

    /// <summary>Features of captions, by number, encoded if they are not in the cache.</summary>
    public async Task<CallOutcome<TextFeatures[]>> Get(PartScope scope, CaptionList captions, IReadOnlyList<int> numbers, CancellationToken cancellation)
    {
        var groups = new Dictionary<int, TextFeatures[]>();
        foreach (var group in numbers.Select(number => number / CaptionList.GroupSize).Distinct())
        {
            var tokens = captions.Tokens(group, caption => model.Tokenize(caption, scope.Convention));
            var encoded = await texts.GetTogether(tokens, scope.Device, scope.Deadline, cancellation);
            if (!encoded.Ok)
                return encoded;
            groups[group] = encoded.Value;
        }

        return CallOutcomes.Done(numbers.Select(number => groups[number / CaptionList.GroupSize][number % CaptionList.GroupSize]).ToArray());
    }
}
