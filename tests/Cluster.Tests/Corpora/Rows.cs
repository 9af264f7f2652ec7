using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Cluster.Tests.Corpora;

/// <summary>Segments of made-up rows.</summary>
static class Rows
{
    public const int Width = 16;

    /// <summary>A picture item of an id.</summary>
    public static CorpusItem Picture(string id, string? source = null) =>
        new(id, ItemKind.Picture, new PictureReference($"blobs/{id}", new string('0', 64)), null, source);

    /// <summary>A text item of an id.</summary>
    public static CorpusItem Text(string id) => new(id, ItemKind.Text, null, $"text of {id}");

    /// <summary>Items with embeddings of a seed; some embeddings are equal, so that there are ties.</summary>
    public static Segment Of(int seed, params CorpusItem[] items)
    {
        var random = new Random(seed);
        return new Segment(items, [.. items.SelectMany(_ => Vector(new Random(random.Next(8))))]);
    }

    /// <summary>A unit vector.</summary>
    public static float[] Vector(Random random)
    {
        var vector = Enumerable.Range(0, Width).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
