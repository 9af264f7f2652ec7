using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Inference;

public sealed class PairBatcherTests
{
    static readonly MplugConfig Large = MplugConfigReader.ReadDirectory(Repository.Path("tests", "Benchmarks", "configs", "large"));

    [Fact]
    public void Plan_AnyGroups_EveryPairOnceAndRunsAreRectangles()
    {
        var random = new Random(4);
        int[][] groups = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, random.Next(0, 300)).Select(_ => random.Next(2, 26)).ToArray())];

        var plan = new PairBatcher(Large, maxImages: 4, absorbedTokens: -1).Plan(groups);

        var pairs = plan.SelectMany(run => run.Rows).SelectMany(row => row.Texts.Select(text => (row.Group, text))).ToList();
        Assert.Equal(groups.Sum(group => group.Length), pairs.Count);
        Assert.Equal(pairs.Count, pairs.Distinct().Count());
        Assert.All(plan, run =>
        {
            Assert.InRange(run.Rows.Count, 1, 4);
            Assert.All(run.Rows, row => Assert.Equal(run.TextsPerImage, row.Texts.Length));
            Assert.Equal(run.Length, run.Rows.Max(row => row.Texts.Max(text => groups[row.Group][text])));
        });
    }

    [Fact]
    public void Plan_SameGroups_SamePlan()
    {
        int[][] groups = [[5, 9, 13], [13], [25, 2], [13]];

        Assert.Equal(Text(Plan(groups)), Text(Plan(groups)));

        static IEnumerable<string> Text(IEnumerable<PairBatch> plan) => plan.Select(run =>
            $"{run.Length} {run.Absorbed} {string.Join(';', run.Rows.Select(row => $"{row.Group}:{string.Join(',', row.Texts)}"))}");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(32, false)]
    public void Plan_TextsOf13Tokens_AbsorbedBelowFive(int texts, bool absorbed) =>
        Assert.All(Plan([[.. Enumerable.Repeat(13, texts)]]), run => Assert.Equal(absorbed, run.Absorbed));

    [Fact]
    public void BreakEven_PublishedSizes_ByHand()
    {
        // 2 L H^2 multiplications of keys and values, against 2 L H (heads - 1) + 2 H^2 more for each text token.
        Assert.Equal((577, 768, 12), (Large.ImageTokens, Large.HiddenSize, Large.AttentionHeads));
        Assert.Equal(2L * 577 * 768 * 768 / (2L * 577 * 768 * 11 + 2L * 768 * 768), PairBatcher.BreakEven(Large));
        Assert.Equal(62, PairBatcher.BreakEven(Large));
    }

    static IReadOnlyList<PairBatch> Plan(int[][] groups) => new PairBatcher(Large, maxImages: 4, absorbedTokens: -1).Plan(groups);
}
