using MplugCluster.Grains.Jobs.Planning;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Cluster.Tests.Jobs.Planning;

/// <summary>What jobs cost, by formulas that can be checked by hand.</summary>
public sealed class JobPlannerTests
{
    const long Gigabyte = 1_000_000_000;
    static readonly DeviceCosts Processor = new("a/s/cpu", 950, 3, 5);
    static readonly ModelWork Published = new(382, 1.3);
    static readonly DeviceCosts Gpu = new("b/s/cuda:0", 4, 0.2, 0.1);

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(1, 10, 1)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 1, 1)]
    [InlineData(2, 2, 1.5)]
    [InlineData(1000, 1000, 632.305)]
    [InlineData(1_000_000_000, 1_000_000, 999_500.167)]
    public void Distinct_DrawsWithReplacement_Expectation(long pictures, double draws, double expected) =>
        Assert.Equal(expected, JobPlanner.Distinct(pictures, draws), 0.001);

    [Fact]
    public void Estimate_SmallCorpusManyQueries_ItmAloneAndNoNotes()
    {
        var estimate = Estimate(JobLoad.RankPictures(1000, 10_000, 100), [Processor], storeBytes: 10 * Gigabyte);

        Assert.Equal((10_000, 1_000_000, 1000, 0), (estimate.Items, estimate.Pairs, estimate.DistinctPictures, estimate.PicturesToEncode));
        Assert.Equal(1000, estimate.TextsPerPicture, 0.01);
        Assert.Equal(5000, estimate.ItmSeconds!.Value, 0.01);
        Assert.Equal(10_000 * 3 / 1000.0, estimate.EncodeSeconds!.Value, 0.01);
        Assert.Equal((estimate.EncodeSeconds.Value + estimate.ItmSeconds.Value) / 3600, estimate.Hours!.Value, 1e-6);
        Assert.Equal(1000 * 1_800_000L, estimate.TokenBytes);
        Assert.Empty(estimate.Notes);
    }

    [Fact]
    public void Estimate_LargeCorpusFewTextsPerPicture_SaysThatReencodingDominates()
    {
        var estimate = Estimate(JobLoad.RankPictures(10_000_000, 1000, 256), [Gpu], storeBytes: 10 * Gigabyte);

        Assert.InRange(estimate.TextsPerPicture, 1, 1.02);
        Assert.InRange(estimate.PicturesToEncode, 250_000, 256_000);
        Assert.True(estimate.EncodeSeconds > 10 * estimate.ItmSeconds);
        Assert.StartsWith("few texts per picture (1): re-encoding dominates", estimate.Notes[0]);
        Assert.Equal("the pictures' tokens take 455 GB, the feature store may hold 10 GB", estimate.Notes[1]);
    }

    [Fact]
    public void Estimate_StoreTooSmallForTheJob_PicturesCountForEachBlock()
    {
        var sizes = new PartSizes(ItemsPerBlock: 100, 1024, 16);
        var load = JobLoad.RankPictures(1000, 1000, 1000);
        var facts = new PlanningFacts { Work = Published, Devices = [Gpu], TokenBytes = 1_800_000, StoreBytes = 500 * 1_800_000 };

        var estimate = JobPlanner.Estimate(load, sizes, facts);

        Assert.Equal((10, 1000, 5000), (estimate.Blocks, estimate.DistinctPictures, estimate.PicturesToEncode));
        Assert.Equal(0, JobPlanner.Estimate(load, sizes, facts with { StoreBytes = Gigabyte * 2 }).PicturesToEncode);
    }

    [Fact]
    public void Estimate_SeveralDevices_ShareByTheirSpeed()
    {
        var one = Estimate(JobLoad.Ingest(1000), [Gpu]);
        var two = Estimate(JobLoad.Ingest(1000), [Gpu, Gpu with { Device = "c/s/cuda:0" }]);

        Assert.Equal(4, one.EncodeSeconds!.Value, 1e-9);
        Assert.Equal(2, two.EncodeSeconds!.Value, 1e-9);
        Assert.Equal((0, 0, 1000), (two.Pairs, two.ItmSeconds!.Value, two.PicturesToEncode));
    }

    [Fact]
    public void Estimate_LongerTexts_CostMore()
    {
        var load = JobLoad.Score(1000, 10, 100);
        var facts = new PlanningFacts { Work = Published, Devices = [Gpu], TokenBytes = 1, StoreBytes = 1 };
        var sizes = facts.SizesOf(load);

        Assert.Equal(2, JobPlanner.Estimate(load, sizes, facts with { TextTokens = 26 }).ItmSeconds!.Value
            / JobPlanner.Estimate(load, sizes, facts).ItmSeconds!.Value, 1e-9);
    }

    [Fact]
    public void Estimate_EvaluateSmallerThanCandidates_AllPairsOnce() =>
        Assert.Equal(20 * 100, Estimate(JobLoad.Evaluate(20, 100, 256), [Gpu]).Pairs);

    [Theory]
    [InlineData(0, "no device is present: the job waits until there is one")]
    [InlineData(1, "no device has measured this work yet: there is no estimate of time")]
    public void Estimate_NothingKnown_SaysSoAndHasNoTime(int devices, string note)
    {
        var unknown = Enumerable.Range(0, devices).Select(i => new DeviceCosts($"{i}", 0, 0, 0)).ToArray();

        var estimate = Estimate(JobLoad.RankPictures(1000, 10, 10), unknown);

        Assert.Equal((null, null, null), (estimate.Hours, estimate.ItmSeconds, estimate.EncodeSeconds));
        Assert.Equal([note], estimate.Notes);
    }

    [Fact]
    public void Estimate_DeviceThatHasNotWorked_SaysThatItIsAGuess()
    {
        var estimate = Estimate(JobLoad.RankPictures(1000, 10_000, 100), [Processor, Gpu with { IsGuess = true }], storeBytes: 10 * Gigabyte);

        Assert.True(estimate.IsGuess);
        Assert.Equal(
            ["some devices have not encoded a picture or not scored a pair since they started: their speed is a first guess"], estimate.Notes);
    }

    [Theory]
    [InlineData(true, 5000, 256, 256)]
    [InlineData(true, 0, 1, 256)]
    [InlineData(false, 0, 128, 4096)]
    public void PartSizes_PublishedModel_PartTakesSomeSeconds(bool hasProcessors, double storeTokens, int pictures, int pairs)
    {
        var sizes = PartSizes.Of(JobLoad.RankPictures(1000, 1000, 256), Published, hasProcessors, storeTokens);

        Assert.Equal((pictures, pairs), (sizes.PicturesPerPart, sizes.PairsPerPart));
    }

    [Fact]
    public void PartSizes_ModelOfAnySize_WithinBounds()
    {
        Assert.Equal((256, 4096), Sizes(new ModelWork(0.001, 0.0001)));
        Assert.Equal((1, 64), Sizes(new ModelWork(1e6, 1e4)));

        static (int, int) Sizes(ModelWork work) =>
            PartSizes.Of(JobLoad.Ingest(1_000_000), work, true, 0) is var sizes ? (sizes.PicturesPerPart, sizes.PairsPerPart) : default;
    }

    [Fact]
    public void PartSizes_DevicesThatHaveLearnedOtherSpeeds_SamePlan()
    {
        var load = JobLoad.RankPictures(1000, 1000, 256);
        var facts = new PlanningFacts { Work = Published, Devices = [Processor], TokenBytes = 1_800_000, StoreBytes = Gigabyte };

        Assert.Equal(facts.SizesOf(load), (facts with { Devices = [Processor with { ImageMs = 2000, PairMs = 1 }, Processor] }).SizesOf(load));
    }

    [Theory]
    [InlineData(0, 2048)]
    [InlineData(10_000, 16)]
    [InlineData(256, 1024)]
    public void PartSizes_Rank_BlockHasAQuarterOfAMillionPairs(int candidates, int items) =>
        Assert.Equal(items, PartSizes.Of(JobLoad.RankPictures(1_000_000, 100_000, candidates), Published, true, 0).ItemsPerBlock);

    static JobEstimate Estimate(JobLoad load, DeviceCosts[] devices, long storeBytes = Gigabyte) => JobPlanner.Estimate(
        load,
        PartSizes.Of(load, Published, hasProcessors: true, double.PositiveInfinity),
        new PlanningFacts { Work = Published, Devices = devices, TokenBytes = 1_800_000, StoreBytes = storeBytes });
}
