using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Inference;

public sealed class PairBatcherTests
{
    static readonly MplugConfig Large = MplugConfigReader.ReadDirectory(Repository.Path("tests", "Benchmarks", "configs", "large"));

    [Fact]
    public void Plan_AnyGroups_EveryPairOnceAndEveryTokenHasARow()
    {
        var random = new Random(4);
        int[][] groups = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, random.Next(0, 300)).Select(_ => random.Next(1, 26)).ToArray())];

        var plan = Plan(groups);

        var pairs = plan.SelectMany(run => run.Rows).SelectMany(row => row.Texts.Select(text => (row.Group, text))).ToList();
        Assert.Equal(groups.Sum(group => group.Length), pairs.Count);
        Assert.Equal(pairs.Count, pairs.Distinct().Count());
        Assert.All(plan, run =>
        {
            Assert.InRange(run.Rows.Count, 1, run.Absorbed ? 8 : 4);
            Assert.All(run.Rows, row => Assert.InRange(row.Texts.Length, 1, run.TextsPerImage));
            Assert.All(run.Rows, row => Assert.InRange(row.Texts.Sum(text => groups[row.Group][text]), 1, run.TokensPerImage));
            Assert.All(run.Rows, row => Assert.InRange(row.Texts.Max(text => groups[row.Group][text]), 1, run.Length));
        });
    }

    [Fact]
    public void Plan_SameGroups_SamePlan()
    {
        int[][] groups = [[5, 9, 13], [13], [25, 2], [13]];

        Assert.Equal(Text(Plan(groups)), Text(Plan(groups)));

        static IEnumerable<string> Text(IEnumerable<PairBatch> plan) => plan.Select(run =>
            $"{run.TextsPerImage} {run.TokensPerImage} {run.Length} {run.Absorbed} {string.Join(';', run.Rows.Select(row => $"{row.Group}:{string.Join(',', row.Texts)}"))}");
    }

    [Fact]
    public void Plan_TextsOfAllLengths_OneRunForAPicture()
    {
        var run = Assert.Single(Plan([[.. Enumerable.Range(0, 128).Select(text => 2 + text % 24)]]));

        Assert.Equal(Enumerable.Range(0, 128), Assert.Single(run.Rows).Texts);
        Assert.Equal(Enumerable.Range(0, 128).Sum(text => 2 + text % 24), run.TokensPerImage);
        Assert.False(run.Absorbed);
    }

    [Fact]
    public void Plan_OneTextAndManyPictures_RunsWithoutPaddingOrKeys()
    {
        var plan = Plan([.. Enumerable.Repeat<int[]>([13], 16)]);

        Assert.All(plan, run => Assert.Equal((8, 13, true), (run.Rows.Count, run.TokensPerImage, run.Absorbed)));
        Assert.Equal(2, plan.Count);
    }

    [Fact]
    public void Plan_PicturesWithAlmostAsManyTokens_OneRunOthersApart()
    {
        int[][] lengths = [[16], [9], [15], [10], [17]];

        var runs = Plan(lengths).Select(run => (run.TokensPerImage, string.Join(',', run.Rows.Select(row => lengths[row.Group][0]))));

        Assert.Equal([(10, "9,10"), (16, "15,16"), (17, "17")], runs);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    [InlineData(32, false)]
    public void Plan_TextsOf13Tokens_AbsorbedUpToFive(int texts, bool absorbed) =>
        Assert.All(Plan([[.. Enumerable.Repeat(13, texts)]]), run => Assert.Equal(absorbed, run.Absorbed));

    [Fact]
    public void AbsorbingIsLess_PublishedSizes_ByHand()
    {
        // Six layers' keys and values, 2 L H^2 each, against 2 L H (heads - 1) + 2 H^2 more for each query: 5 layers' tokens and one of each text.
        Assert.Equal((577, 768, 12, 6), (Large.ImageTokens, Large.HiddenSize, Large.AttentionHeads, Large.FusionLayers));
        var queries = 6 * 2L * 577 * 768 * 768 / (2L * 577 * 768 * 11 + 2L * 768 * 768);
        Assert.Equal(373, queries);
        Assert.True(PairBatcher.AbsorbingIsLess(Large, texts: 3, tokens: 74));
        Assert.False(PairBatcher.AbsorbingIsLess(Large, texts: 4, tokens: 74));
    }

    static readonly PairBatcher Batcher = new(Large, absorbedTokens: -1);
    static readonly BatchSizes Sizes = BatchSizes.Default(DeviceName.Cpu, gpuImages: 8);

    static IReadOnlyList<PairBatch> Plan(int[][] groups) => Batcher.Plan(groups, Sizes);
}
