using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// Features of a set's captions, which are encoded in fixed groups of neighbours: a group is encoded and cached whole, so the numbers follow from
/// the input, and a silo encodes a caption once for all the parts that need it.
/// </summary>
sealed class CaptionFeatures(TextFeatureSource texts, SiloModel model)
{
    /// <summary>Captions of the largest set whose features all stay in a silo's cache; of a larger one, each pair part encodes its own.</summary>
    const int MostShared = 8192;

    /// <summary>Whether pair parts share the features of the captions: by the input's size alone, never by what a cache holds.</summary>
    public static bool AreShared(PartScope scope) => scope.Input!.Captions <= MostShared;

    /// <summary>Features of captions, by number.</summary>
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
