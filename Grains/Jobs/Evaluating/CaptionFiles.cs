using System.Buffers.Binary;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// Features of the captions of a set too large for a cache, as the files of the captions' stage have them: first all embeddings, then a section
/// for each caption. A pair part reads those that it needs, neighbours in one piece.
/// </summary>
/// <param name="files">The headers of the stage's parts.</param>
sealed class CaptionFiles(PartFile[] files)
{
    /// <summary>Number of tokens and of the embedding's numbers.</summary>
    const int HeaderBytes = 2 * sizeof(int);

    /// <summary>A caption's section.</summary>
    public static byte[] ToSection(TextFeatures features)
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, features.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(sizeof(int)), features.Embedding.Length);
        return [.. header, .. FloatBytes.From(features.Embedding), .. FloatBytes.From(features.Tokens)];
    }

    /// <summary>
    /// Reads the headers. Only when the captions' stage is done. Null if a file has the embeddings alone, as versions before this one wrote them.
    /// </summary>
    public static async Task<CaptionFiles?> Read(PartScope scope)
    {
        var files = await PartReads.All(
            new JobShape(scope.Plan, scope.Input!).PartsOf(0, 1)!.Value, (part, cancellation) => scope.ReadPart(1, part, cancellation), CancellationToken.None);
        return files.All(file => file.Sections == 1 + file.Items) ? new CaptionFiles(files) : null;
    }

    /// <summary>Features of captions, by number, in ascending order.</summary>
    public async Task<TextFeatures[]> Get(PartScope scope, IReadOnlyList<int> numbers, CancellationToken cancellation)
    {
        var runs = Runs(numbers).ToArray();
        var read = await PartReads.All(runs.Length, async (run, token) =>
        {
            var (first, count) = runs[run];
            var (part, place) = (first / JobShape.CaptionsPerPart, 1 + first % JobShape.CaptionsPerPart);
            var file = files[part];
            var content = await file.Range(scope.Store, scope.PathOf(1, part), place, place + count, token);
            return Enumerable.Range(place, count).Select(section =>
                ToFeatures(content.AsSpan((int)(file.Offsets[section] - file.Offsets[place])..(int)(file.Offsets[section + 1] - file.Offsets[place])))).ToArray();
        }, cancellation);
        return [.. read.SelectMany(run => run)];
    }

    /// <summary>Numbers that follow each other within a part.</summary>
    static IEnumerable<(int First, int Count)> Runs(IReadOnlyList<int> numbers)
    {
        for (var start = 0; start < numbers.Count;)
        {
            var end = start + 1;
            while (end < numbers.Count && numbers[end] == numbers[end - 1] + 1 && numbers[end] % JobShape.CaptionsPerPart != 0)
                end++;
            yield return (numbers[start], end - start);
            start = end;
        }
    }

    static TextFeatures ToFeatures(ReadOnlySpan<byte> section)
    {
        var embedding = HeaderBytes + sizeof(float) * BinaryPrimitives.ReadInt32LittleEndian(section[sizeof(int)..]);
        return new TextFeatures(
            FloatBytes.ToFloats(section[HeaderBytes..embedding].ToArray()).ToArray(),
            FloatBytes.ToFloats(section[embedding..].ToArray()).ToArray(),
            BinaryPrimitives.ReadInt32LittleEndian(section));
    }
}
