using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks.Table;

/// <summary>One made-up picture and 128 made-up texts as long as real captions: 13 tokens on average.</summary>
sealed class TableInput
{
    /// <summary>Token counts; a run of 128 has each sixteen times.</summary>
    static readonly int[] Lengths = [9, 11, 12, 13, 13, 14, 15, 17];

    public TableInput(ModelPackage package)
    {
        var (random, side) = (new Random(1), package.Config.ImageResolution);
        Pixels = [.. Enumerable.Range(0, 3 * side * side).Select(_ => 2 * random.NextSingle() - 1)];
        Texts = [.. Enumerable.Range(0, 128).Select(i => Enumerable.Range(0, Lengths[i % Lengths.Length])
            .Select(_ => random.Next(5, package.Config.VocabularySize)).ToArray())];
    }

    public float[] Pixels { get; }

    public int[][] Texts { get; }
}
