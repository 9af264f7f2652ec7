using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Pairs of one part, grouped by picture, pictures in the order of their content hashes.</summary>
/// <param name="Groups">Pictures with the texts of each, by their place among the texts.</param>
/// <param name="Texts">The part's own texts; null: the block's, which stand in the section behind its parts.</param>
/// <param name="Numbers">Number of each own text within the block.</param>
sealed record PairPart(PictureTexts[] Groups, string[]? Texts = null, int[]? Numbers = null)
{
    /// <summary>The part with texts of its own: those of the block that it needs.</summary>
    public static PairPart WithOwnTexts(PictureTexts[] groups, IReadOnlyList<string> texts)
    {
        var numbers = groups.SelectMany(group => group.Texts).Distinct().Order().ToArray();
        var place = numbers.Index().ToDictionary(text => text.Item, text => text.Index);
        return new PairPart(
            [.. groups.Select(group => group with { Texts = [.. group.Texts.Select(text => place[text])] })],
            [.. numbers.Select(text => texts[text])],
            numbers);
    }

    /// <summary>The groups with the block's numbers of their texts.</summary>
    public PictureTexts[] BlockGroups() => Numbers is not { } numbers
        ? Groups
        : [.. Groups.Select(group => group with { Texts = [.. group.Texts.Select(text => numbers[text])] })];
}
