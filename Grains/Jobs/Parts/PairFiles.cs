using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>
/// How the first part of a block hands its pairs on: a section for each part of the next stage, one with the texts that they share, and one
/// with what the merge needs.
/// </summary>
static class PairFiles
{
    /// <summary>Sections of the first part's file.</summary>
    /// <param name="parts">The next stage's parts.</param>
    /// <param name="texts">The block's texts.</param>
    /// <param name="shared">Whether every part gets all texts of the block; else each has its own.</param>
    /// <param name="rest">For the merge.</param>
    public static List<byte[]> Sections<T>(IReadOnlyList<PictureTexts[]> parts, IReadOnlyList<string> texts, bool shared, T rest) =>
    [
        .. parts.Select(part => JobJson.ToBytes(shared ? new PairPart(part) : PairPart.WithOwnTexts(part, texts))),
        JobJson.ToBytes(shared ? texts : []),
        JobJson.ToBytes(rest),
    ];

    /// <summary>What the merge needs, and the numbers of all pairs of the block.</summary>
    public static async Task<(T ForMerge, PairNumbers Numbers)> Read<T>(PartScope scope, CancellationToken cancellation)
    {
        var path = scope.PathOf(0, 0);
        var first = await scope.ReadPart(0, 0, cancellation);
        var numbers = new PairNumbers();
        for (var part = 0; part < first.Next; part++)
        {
            var pairs = JobJson.Read<PairPart>(await first.Section(scope.Store, path, part, cancellation));
            var found = await scope.ReadPart(1, part, cancellation);
            var sections = new byte[3][];
            for (var i = 0; i < sections.Length; i++)
                sections[i] = await found.Section(scope.Store, scope.PathOf(1, part), i, cancellation);
            numbers.Add(pairs.BlockGroups(), sections[0], sections[1], sections[2]);
        }

        return (JobJson.Read<T>(await first.Section(scope.Store, path, first.Next + 1, cancellation)), numbers);
    }
}
