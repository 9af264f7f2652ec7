using System.Collections.Concurrent;
using System.Text;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Text;
using MplugCluster.Silo.Hosting;

namespace MplugCluster.Cluster.Tests.Clusters;

/// <summary>
/// A model whose numbers are plain functions of bytes, so that a test can compute what a cluster must answer; and whose devices a test can
/// hold, break and count.
/// </summary>
sealed class FakeModel
{
    public const int Width = 8;

    public const string Fingerprint = "fake";

    public const int Layers = 3;

    /// <summary>Engines by the device number in which they were started; a test may hold or break one.</summary>
    public ConcurrentDictionary<string, FakeEngine> Engines { get; } = new();

    /// <summary>Called when an engine starts, with its number; throws to make the device fail.</summary>
    public Action<string> Starting { get; set; } = _ => { };

    /// <summary>The model as the silo of this name serves it.</summary>
    public ServedModel On(string silo) => new(
        new SiloModel(
            Fingerprint, TextConvention.Ms25, 4, Width, Tokenize, Explained: new ExplainedModel(Layers, Grid: 2, id => $"{(char)id}")),
        new FakePreprocessor(),
        device =>
        {
            Starting(silo);
            return Engines[silo] = new FakeEngine(device);
        });

    /// <summary>Opens every engine that was closed.</summary>
    public void OpenAll()
    {
        foreach (var engine in Engines.Values)
            engine.Open();
    }

    public static int[] Tokenize(string text, TextConvention convention) => [.. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];

    public static float[] ImageEmbedding(ReadOnlySpan<byte> content) => Unit([.. content.ToArray().Select(b => (int)b)], 1);

    public static float[] TextEmbedding(string text) => Unit(Tokenize(text, TextConvention.Ms25), 2);

    /// <summary>What the pair scorer must say of a picture and a text.</summary>
    public static ItmLogits Logits(ReadOnlySpan<byte> content, string text) => Score(ImageEmbedding(content), TextEmbedding(text));

    /// <summary>Attention of one head <c>[tokens, 1 + 4 patches]</c>: each token looks at one patch, the next one at the next.</summary>
    internal static float[] Shares(int tokens, int layer) =>
        [.. Enumerable.Range(0, tokens * 5).Select(i => i % 5 == 1 + (i / 5 + layer) % 4 ? 1f : 0f)];

    internal static ItmLogits Score(float[] image, float[] text)
    {
        var sum = 0f;
        for (var i = 0; i < Width; i++)
            sum += image[i] * text[Width - 1 - i];
        return new ItmLogits(-sum, sum);
    }

    internal static float[] Unit(int[] values, int seed)
    {
        var random = new Random(values.Aggregate(seed, (hash, value) => unchecked(hash * 31 + value)));
        var vector = Enumerable.Range(0, Width).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
