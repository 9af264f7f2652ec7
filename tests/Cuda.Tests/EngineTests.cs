using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Tests.Inference;

namespace MplugCluster.Cuda.Tests;

/// <summary>What an engine does with a GPU and its memory.</summary>
public sealed class EngineTests(StandInCuda cuda) : CudaTests(cuda)
{
    const int Pictures = 8;

    readonly SceneInputs inputs = new(seed: 5);

    /// <summary>Bytes of all pictures' image tokens.</summary>
    long TokenBytes => (long)Pictures * inputs.Package.Config.ImageTokens * inputs.Package.Config.HiddenSize * sizeof(float);

    public override void Dispose()
    {
        // Engines first, they have to leave nothing on the device.
        inputs.Dispose();
        base.Dispose();
    }

    [CudaFact]
    public void ScorePairs_TokensStayOnTheGpu_TheyAreNotCopiedAgain()
    {
        var engine = Engine(new CudaSettings { TokenBytes = 2 * TokenBytes });
        var groups = Groups(engine);
        var before = Cuda.Log;

        engine.ScorePairs(groups);

        Assert.Equal((Pictures, 0), (engine.Residency!.Value.Hits, engine.Residency.Value.Misses));
        Assert.InRange(Cuda.Log.ToDeviceBytes - before.ToDeviceBytes, 1, TokenBytes / 2);
        Assert.InRange(Cuda.Log.ToHostBytes - before.ToHostBytes, Pictures * 2 * sizeof(float), TokenBytes / 2);
    }

    [CudaFact]
    public void EncodeImages_MorePicturesThanBefore_GoThroughLargerPinnedMemory()
    {
        using (var engine = new OnnxInferenceEngine(inputs.Package, Options(new CudaSettings { TokenBytes = 2 * TokenBytes })))
        {
            engine.EncodeImages(inputs.Pixels(1));
            engine.EncodeImages(inputs.Pixels(Pictures));

            // One for pictures and one for their tokens; the smaller ones are given back.
            Assert.Equal(2, Cuda.Log.PinnedBlocks);
        }

        Assert.Equal(0, Cuda.Log.PinnedBlocks);
    }

    [CudaFact]
    public void EncodeImages_PinningIsRefused_GoThroughOtherMemory()
    {
        Cuda.RefusePinning(error: 801);
        using var engine = new OnnxInferenceEngine(inputs.Package, Options(new CudaSettings { TokenBytes = 2 * TokenBytes }));

        Assert.Equal(Pictures, engine.EncodeImages(inputs.Pixels(Pictures)).Length);

        Assert.Equal((0, 0), (Cuda.Log.PinnedBlocks, Cuda.LastError()));
    }

    [CudaFact]
    public void Dispose_GpuThatHasFailed_KeepsTheMemoryThatCannotBeUnpinned()
    {
        using (var engine = new OnnxInferenceEngine(inputs.Package, Options(new CudaSettings { TokenBytes = 2 * TokenBytes })))
        {
            engine.EncodeImages(inputs.Pixels(Pictures));
            Cuda.FailAfter(0, 700);
            Assert.ThrowsAny<Exception>(() => engine.EncodeImages(inputs.Pixels(Pictures)));
        }

        // Still pinned: if it had been freed, the next that gets these addresses would be read by other GPUs where it is not.
        Assert.Equal(2, Cuda.Log.PinnedBlocks);
    }

    [CudaFact]
    public void EncodeImages_ManyPictures_TokensAndEmbeddingsAreBroughtAtOnce()
    {
        var engine = Engine(new CudaSettings { TokenBytes = 2 * TokenBytes });
        var before = Cuda.Log;

        engine.EncodeImages(inputs.Pixels(Pictures));

        Assert.Equal(2, Cuda.Log.ToHostCopies - before.ToHostCopies);
        Assert.Equal(
            TokenBytes + (long)Pictures * inputs.Package.Config.EmbeddingSize * sizeof(float), Cuda.Log.ToHostBytes - before.ToHostBytes);
    }

    [CudaFact]
    public void ScorePairs_NoTokensStay_TheyAreSent()
    {
        var engine = Engine(new CudaSettings { TokenBytes = 0 });
        var groups = Groups(engine);
        var before = Cuda.Log;

        engine.ScorePairs(groups);

        Assert.Null(engine.Residency);
        Assert.InRange(Cuda.Log.ToDeviceBytes - before.ToDeviceBytes, TokenBytes, 2 * TokenBytes);
    }

    [CudaFact]
    public void ScorePairs_Graphs_AreRecordedOnceAndReplayed()
    {
        var engine = Engine(new CudaSettings { Graphs = true });
        Assert.Empty(engine.Remarks);
        var groups = Groups(engine);

        engine.ScorePairs(groups);
        var recorded = Cuda.Log;
        for (var again = 0; again < 3; again++)
            engine.ScorePairs(groups);

        Assert.InRange(engine.RecordedShapes, 1, 3);
        Assert.InRange(recorded.Captures, 1, engine.RecordedShapes);
        Assert.Equal(recorded.Captures, Cuda.Log.Captures);
        Assert.InRange(Cuda.Log.Replays - recorded.Replays, 3, long.MaxValue);
    }

    [CudaFact]
    public void ScorePairs_GraphsWithoutMemoryForMore_GoesOnWithoutRecordingThem()
    {
        var engine = Engine(new CudaSettings { Graphs = true });
        var (groups, recorded) = (Groups(engine), engine.RecordedShapes);
        Cuda.SetMemory(Cuda.Log.LiveBytes + (1 << 20));

        for (var again = 0; again < 3; again++)
            Assert.All(engine.ScorePairs(groups), row => Assert.Equal(2, row.Length));

        Cuda.SetMemory(Memory);
        engine.ScorePairs(groups);
        Assert.InRange(engine.RecordedShapes, recorded, recorded + 3);
    }

    [CudaFact]
    public void New_TooLittleMemory_SaysThatItDidNotStart()
    {
        Cuda.SetMemory(1 << 20);

        var error = Assert.Throws<DeviceUnavailableException>(() => Engine(new CudaSettings()));

        Assert.StartsWith("Device cuda:0 did not start: ", error.Message);
        Assert.True(MemoryFaults.Is(error), error.Message);
        Assert.False(DeviceFaults.IsFinal(error), error.Message);
    }

    [CudaFact]
    public void New_NoMemoryForTokens_StartsWithoutAndSaysSo()
    {
        Cuda.SetMemory(512L << 20);

        var engine = Engine(new CudaSettings { TokenBytes = 1 << 30 });

        Assert.StartsWith("There is no memory for 1073741824 bytes of image tokens (Mplug__Device__GpuTokenBytes)", Assert.Single(engine.Remarks));
        Assert.Equal(Pictures, engine.ScorePairs(Groups(engine)).Length);
    }

    [CudaFact]
    public void EncodeImages_BatchThatDoesNotFit_IsHalvedAndReported()
    {
        var engine = Engine(new CudaSettings { TokenBytes = TokenBytes });
        var shortages = new List<MemoryShortage>();
        engine.Shortened += shortages.Add;
        Cuda.SetMemory(Cuda.Log.LiveBytes + (1 << 20));

        var images = engine.EncodeImages(inputs.Pixels(3 * Pictures));

        Assert.Equal(3 * Pictures, images.Count(image => image.Embedding.Length == engine.Config.EmbeddingSize));
        Assert.All(shortages, shortage => Assert.Equal(("cuda:0", BatchWork.Images), (shortage.Device, shortage.Work)));
        Assert.Equal(Pictures, shortages[0].Units);
        Assert.InRange(engine.Sizes.Images, 1, Pictures / 2);
    }

    [CudaFact]
    public void ScorePairs_BatchThatDoesNotFit_IsHalvedAndReported()
    {
        var engine = Engine(new CudaSettings { TokenBytes = TokenBytes });
        var texts = engine.EncodeTexts([.. Enumerable.Range(0, 64).Select(_ => inputs.Text(12))]);
        PairGroup[] groups = [.. engine.EncodeImages(inputs.Pixels(Pictures)).Select(image => new PairGroup(image, texts))];
        var shortages = new List<MemoryShortage>();
        engine.Shortened += shortages.Add;
        Cuda.SetMemory(Cuda.Log.LiveBytes + (1 << 20));

        var logits = engine.ScorePairs(groups);

        Assert.All(logits, row => Assert.Equal(texts.Length, row.Length));
        Assert.Contains(shortages, shortage => shortage.Work == BatchWork.Pairs && shortage.Units == Pictures);
    }

    [CudaFact]
    public void New_GpuThatIsNotThere_IsUnavailable()
    {
        var error = Assert.Throws<DeviceUnavailableException>(
            () => new OnnxInferenceEngine(inputs.Package, new EngineOptions { Device = DeviceName.Parse("cuda:1") }));

        Assert.Contains("cuda:1", error.Message);
    }

    [CudaFact]
    public void New_TwoGpus_RunsOnTheSecond()
    {
        Cuda.Begin(Memory, devices: 2);

        using var engine = new OnnxInferenceEngine(inputs.Package, new EngineOptions { Device = DeviceName.Parse("cuda:1") });

        Assert.Empty(engine.Remarks);
        Assert.Single(engine.EncodeImages(inputs.Pixels(1)));
    }

    [CudaTheory]
    [InlineData(700)]
    [InlineData(715)]
    [InlineData(719)]
    public void ScorePairs_ErrorThatNeverGoesAway_IsFinal(int number)
    {
        var engine = Engine(new CudaSettings());
        var groups = Groups(engine);
        Cuda.FailAfter(20, number);

        var error = Assert.ThrowsAny<Exception>(() => engine.ScorePairs(groups));

        Assert.True(DeviceFaults.IsFinal(error), error.Message);
        Assert.True(DeviceFaults.IsFinal(Assert.ThrowsAny<Exception>(() => engine.EncodeTexts([inputs.Text(3)]))));
    }

    OnnxInferenceEngine Engine(CudaSettings settings) => inputs.Engine(inputs.Package, Options(settings));

    static EngineOptions Options(CudaSettings settings) =>
        new() { Device = Device, Cuda = settings, Sizes = new BatchSizes(Pictures, 4096, Pictures, 128) };

    /// <summary>All pictures with two texts each.</summary>
    PairGroup[] Groups(OnnxInferenceEngine engine)
    {
        var texts = engine.EncodeTexts([inputs.Text(6), inputs.Text(9)]);
        return [.. engine.EncodeImages(inputs.Pixels(Pictures)).Select(image => new PairGroup(image, texts))];
    }
}
