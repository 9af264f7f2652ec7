using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Tests.Optimization;

public sealed class LearningScheduleTests
{
    [Theory]
    [InlineData(0, 0, 1e-5, 1e-5)]
    [InlineData(0, 150, 1e-5, 2e-6)]
    [InlineData(1, 0, 9.657457896300791e-06, 1.9619397662556434e-06)]
    [InlineData(4, 17, 5.5e-06, 1.5e-06)]
    [InlineData(7, 0, 1.3425421036992097e-06, 1.0380602337443566e-06)]
    public void Rates_AsPublished_AreTheReferences(int epoch, int step, double rate, double visionRate)
    {
        // Numbers of AliceMind's CosineLRScheduler for lr1 1e-5, lr2 2e-6, min_lr 1e-6, warmup_lr 1e-5, 8 epochs.
        var rates = new LearningSchedule(new ScheduleOptions(), epochs: 8, stepsPerEpoch: 200).At(epoch, step);

        Assert.Equal(rate, rates.Rate, 1e-12);
        Assert.Equal(visionRate, rates.VisionRate, 1e-12);
    }

    [Fact]
    public void Alpha_FirstEpoch_GrowsFromZero()
    {
        var schedule = new LearningSchedule(new ScheduleOptions(), epochs: 8, stepsPerEpoch: 200);

        Assert.Equal([0, 0.2, 0.4], [schedule.At(0, 0).Alpha, schedule.At(0, 100).Alpha, schedule.At(1, 0).Alpha]);
    }

    [Fact]
    public void Rates_PerStep_RiseThenFallToTheLowest()
    {
        var schedule = new LearningSchedule(
            new ScheduleOptions { PerStep = true, Rate = 1e-3, VisionRate = 1e-3, MinRate = 1e-5, WarmupRate = 0, WarmupSteps = 10 }, epochs: 2, stepsPerEpoch: 55);

        Assert.Equal(0, schedule.At(0, 0).Rate);
        Assert.Equal(5e-4, schedule.At(0, 5).Rate, 1e-12);
        Assert.Equal(1e-3, schedule.At(0, 10).Rate, 1e-12);
        Assert.Equal(5.05e-4, schedule.At(1, 5).Rate, 1e-12);
        Assert.InRange(schedule.At(1, 54).Rate, 1e-5, 1.1e-5);
    }

    [Fact]
    public void Layout_OfTheReference_DecaysAllButBiasesAndBertNorms()
    {
        var layout = new ParameterLayout(
            [
                ("itm_head.weight", [2, 4], false), ("itm_head.bias", [2], false), ("temp", [], false),
                ("text_encoder.embeddings.LayerNorm.weight", [4], true), ("visual_encoder.visual.ln_pre.weight", [4], true),
                ("visual_encoder.visual.ln_pre.bias", [4], true), ("visn_layer_norm.weight", [4], true),
            ],
            decayEverything: false, alignment: 64);

        Assert.Equal(["itm_head.weight", "temp", "visn_layer_norm.weight", "visual_encoder.visual.ln_pre.weight"], Names(layout, range => range.Decays));
        Assert.Equal(["visual_encoder.visual.ln_pre.bias", "visual_encoder.visual.ln_pre.weight"], Names(layout, range => range.Vision));
        Assert.Equal(4, layout.Copied.Count());
        Assert.All(layout.Places, place => Assert.Equal(0, place.Offset % 16));
        Assert.Equal(layout.Count, layout.Ranges.Sum(range => (long)range.Count));
    }

    static IEnumerable<string> Names(ParameterLayout layout, Func<ParameterRange, bool> wanted) => layout.Ranges.Where(wanted)
        .SelectMany(range => layout.Places.Where(place => place.Offset >= range.Offset && place.Offset < range.Offset + range.Count))
        .Select(place => place.Name).Order(StringComparer.Ordinal);
}
