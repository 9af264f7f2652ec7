using System.Runtime.InteropServices;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>The pairs that the parts of the candidates' stage found, by slot: the range of pictures that one pair part scores.</summary>
/// <param name="Files">Each part's file with its pairs, all slots in one piece.</param>
sealed record CandidatePairs((PartFile File, byte[] Pairs)[] Files)
{
    /// <summary>Bytes of a pair: picture and caption.</summary>
    const int PairBytes = 2 * sizeof(int);

    /// <summary>Bytes of pairs that a silo keeps in memory while they are scored; of a set with more, each part reads its own.</summary>
    const long MostBytes = 128L << 20;

    /// <summary>Whether all pairs of a job are few enough to be kept.</summary>
    public static bool Fit(PartScope scope)
    {
        var (pictures, captions, k) = (scope.Input!.Items, scope.Input.Captions, scope.Plan.Evaluate!.Candidates);
        return PairBytes * (pictures * Math.Min(k, captions) + captions * Math.Min(k, pictures)) <= MostBytes;
    }

    /// <summary>Reads all pairs.</summary>
    public static async Task<CandidatePairs> Read(PartScope scope)
    {
        var shape = new JobShape(scope.Plan, scope.Input!);
        return new CandidatePairs(await PartReads.All(shape.PartsOf(0, 2)!.Value, async (part, cancellation) =>
        {
            var file = await scope.ReadPart(2, part, cancellation);
            return (file, await file.Range(scope.Store, scope.PathOf(2, part), 0, file.Sections - 1, cancellation));
        }, CancellationToken.None));
    }

    /// <summary>Reads the pairs of one slot alone.</summary>
    public static async Task<SortedSet<(int Picture, int Caption)>> ReadSlot(PartScope scope, int slot, CancellationToken cancellation)
    {
        var shape = new JobShape(scope.Plan, scope.Input!);
        var found = await PartReads.All(shape.PartsOf(0, 2)!.Value, async (part, token) =>
        {
            var file = await scope.ReadPart(2, part, token);
            return await file.Section(scope.Store, scope.PathOf(2, part), slot, token);
        }, cancellation);
        return Union(found.Select(bytes => (ReadOnlyMemory<byte>)bytes));
    }

    /// <summary>A slot's pairs by picture, then caption.</summary>
    public SortedSet<(int Picture, int Caption)> Slot(int slot) => Union(Files.Select(file =>
    {
        var start = file.File.Offsets[0];
        return (ReadOnlyMemory<byte>)file.Pairs.AsMemory((int)(file.File.Offsets[slot] - start)..(int)(file.File.Offsets[slot + 1] - start));
    }));

    static SortedSet<(int Picture, int Caption)> Union(IEnumerable<ReadOnlyMemory<byte>> found)
    {
        var union = new SortedSet<(int, int)>();
        foreach (var bytes in found)
        {
            var numbers = MemoryMarshal.Cast<byte, int>(bytes.Span);
            for (var i = 0; i < numbers.Length; i += 2)
                union.Add((numbers[i], numbers[i + 1]));
        }

        return union;
    }
}
