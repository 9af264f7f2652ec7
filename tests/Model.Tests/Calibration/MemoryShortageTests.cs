using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Calibration;

/// <summary>A device whose memory is enough for small runs only: it gives the same numbers, and remembers.</summary>
public sealed class MemoryShortageTests : IDisposable
{
    static readonly BatchSizes Large = new(8, 4096, 4, 128);

    readonly TemporaryFolder folder = new();
    readonly Random random = new(11);
    readonly ModelPackage package;
    readonly CalibrationFile file;
    readonly List<MemoryShortage> shortages = [];
    readonly List<(BatchWork Work, int Units)> runs = [];

    public MemoryShortageTests()
    {
        foreach (var name in Directory.GetFiles(Repository.Scenes))
            File.Copy(name, folder.File(Path.GetFileName(name)));
        package = ModelPackage.Open(folder.File("."));
        file = new CalibrationFile(package.Directory);
        file.Write(Key, Large);
    }

    static CalibrationKey Key => CalibrationKey.Of(DeviceName.Cpu, 0);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EncodeImages_MemoryForTwo_SameNumbersAndRemembered()
    {
        var pixels = Enumerable.Range(0, 11).Select(_ => Numbers(3 * package.Config.ImageResolution * package.Config.ImageResolution)).ToArray();
        using var well = new OnnxInferenceEngine(package);
        var expected = well.EncodeImages(pixels);
        using var engine = Short((BatchWork.Images, 2));

        var found = engine.EncodeImages(pixels);

        Assert.Equal(8, well.ImageBatch);
        foreach (var (image, other) in expected.Zip(found))
        {
            Assert.All(image.Embedding.Zip(other.Embedding), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.All(image.Tokens.ToSingles().Zip(other.Tokens.ToSingles()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }

        Assert.Equal([8, 4, 2, 2, 2, 2, 2, 1], runs.Select(run => run.Units));
        Assert.Equal([4, 2], shortages.Select(shortage => shortage.Sizes.Images));
        Assert.All(shortages, shortage => Assert.Equal(("cpu", BatchWork.Images, null), (shortage.Device, shortage.Work, shortage.Unremembered)));
        Assert.Equal(Large with { Images = 2 }, file.Read(Key));
        using var next = new OnnxInferenceEngine(package);
        Assert.Equal(2, next.ImageBatch);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void ScorePairs_MemoryForTwentyTextsOfAPicture_SameBitsAndRemembered(int absorbedTokens)
    {
        using var well = new OnnxInferenceEngine(package, new EngineOptions { AbsorbedTokens = absorbedTokens });
        PairGroup[] groups = [.. new[] { 100, 3, 3, 3, 3, 40, 1 }.Select(texts => new PairGroup(Image(), [.. Enumerable.Range(0, texts).Select(i => Text(2 + i % 20))]))];
        var expected = well.ScorePairs(groups);
        var texts = 0;
        using var engine = Short((BatchWork.Pairs, 20), absorbedTokens);
        engine.Shortened += _ => texts++;

        Assert.Equal(expected, engine.ScorePairs(groups));
        Assert.InRange(file.Read(Key)!.PairTexts, 10, 20);
        Assert.Equal(shortages.Count, texts);
        Assert.All(runs.Skip(runs.FindLastIndex(run => run.Units > 20) + 1), run => Assert.InRange(run.Units, 1, 20));
    }

    [Fact]
    public void ScorePairs_MemoryForOnePair_SameBits()
    {
        PairGroup[] groups = [.. Enumerable.Range(0, 6).Select(_ => new PairGroup(Image(), [.. Enumerable.Range(0, 12).Select(i => Text(2 + i))]))];
        using var well = new OnnxInferenceEngine(package);
        using var engine = Short((BatchWork.Pairs, 1));

        Assert.Equal(well.ScorePairs(groups), engine.ScorePairs(groups));
        Assert.Equal(Large with { PairImages = 1, PairTexts = 1 }, file.Read(Key));
    }

    [Fact]
    public void EncodeTexts_MemoryForFour_SameBits()
    {
        int[][] texts = [.. Enumerable.Range(0, 30).Select(i => Ids(6 + i % 2))];
        using var well = new OnnxInferenceEngine(package);
        using var engine = Short((BatchWork.Texts, 4));

        foreach (var (expected, found) in well.EncodeTexts(texts).Zip(engine.EncodeTexts(texts)))
        {
            Assert.Equal(expected.Tokens, found.Tokens);
            Assert.Equal(expected.Embedding, found.Embedding);
        }

        Assert.InRange(file.Read(Key)!.TextTokens, 12, 28);
    }

    [Fact]
    public void EncodeImages_NoMemoryForOne_SaysWhatToDo()
    {
        using var engine = Short((BatchWork.Images, 0));

        var failure = Assert.Throws<DeviceMemoryException>(() => engine.EncodeImages([Numbers(3 * package.Config.ImageResolution * package.Config.ImageResolution)]));

        Assert.Equal(
            "Device cpu has no memory for even one picture at a time: CUDA failure 2: out of memory. Free memory of it, allow it more "
                + "(Mplug__Device__GpuMemoryBytes), or use a smaller model or precision.",
            failure.Message);
    }

    [Fact]
    public void EncodeImages_DirectoryCannotBeWritten_GoesOnAndSaysItOnce()
    {
        File.Delete(folder.File("calibration.lock"));
        Directory.CreateDirectory(folder.File("calibration.lock"));
        using var engine = Short((BatchWork.Images, 2));

        var found = engine.EncodeImages([.. Enumerable.Range(0, 8).Select(_ => Numbers(3 * package.Config.ImageResolution * package.Config.ImageResolution))]);

        Assert.All(found, Assert.NotNull);
        Assert.Equal((2, 2), (engine.ImageBatch, shortages.Count));
        Assert.StartsWith($"'{file.Path}' cannot be written: ", shortages[0].Unremembered);
        Assert.Null(shortages[1].Unremembered);
        Assert.Equal(Large, file.Read(Key));
    }

    [Fact]
    public void EncodeImages_OtherFailure_NotRepeated()
    {
        using var engine = new OnnxInferenceEngine(package, new EngineOptions { BeforeRun = (_, _) => throw new InvalidOperationException("a bug") });

        Assert.Equal("a bug", Assert.Throws<InvalidOperationException>(() => engine.EncodeImages([[], []])).Message);
    }

    [Fact]
    public void Choose_RatesOfSizes_SmallestThatIsAlmostAsFast()
    {
        Assert.Equal(4, BatchCalibration.Choose([(1, 50), (2, 80), (4, 98), (8, 100), (16, null)]));
        Assert.Equal(1, BatchCalibration.Choose([(1, 50), (2, 51)]));
    }

    /// <summary>An engine that has no memory for runs of more than so many units.</summary>
    OnnxInferenceEngine Short((BatchWork Work, int Most) memory, int absorbedTokens = -1)
    {
        var engine = new OnnxInferenceEngine(package, new EngineOptions
        {
            AbsorbedTokens = absorbedTokens,
            BeforeRun = (work, units) =>
            {
                runs.Add((work, units));
                if (work == memory.Work && units > memory.Most)
                    throw new InvalidOperationException("CUDA failure 2: out of memory");
            },
        });
        engine.Shortened += shortages.Add;
        return engine;
    }

    ImageFeatures Image() => new([], Numbers(package.Config.ImageTokens * package.Config.HiddenSize));

    TextFeatures Text(int length) => new([], Numbers(length * package.Config.HiddenSize), length);

    float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

    int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(5, package.Config.VocabularySize))];
}
