using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class DeviceSessionTests
{
    static readonly Deadline Far = Deadline.In(60_000);

    [Fact]
    public async Task Status_BeforeDuringAndAfterStart_SaysSo()
    {
        using var gate = new ManualResetEventSlim();
        using var session = new DeviceSession("h/s/cpu", () =>
        {
            gate.Wait();
            return new FakeEngine("cpu");
        });

        Assert.Equal((false, "The model is loading."), (session.Status.Ready, session.Status.Message));
        gate.Set();
        await session.Started;
        Assert.Equal((true, null, "fake"), (session.Status.Ready, session.Status.Message, session.Status.Fingerprint));
    }

    [Fact]
    public async Task Encode_StartFailed_UnavailableWithTheReason()
    {
        using var session = new DeviceSession("h/s/cuda:0", () => throw new DeviceUnavailableException("libcudart.so.13 was not found"));

        var encoded = await session.EncodeTexts([[1]], Far, default);

        Assert.Equal(CallStatus.ModelUnavailable, encoded.Status);
        Assert.Equal("Device h/s/cuda:0 did not start: libcudart.so.13 was not found", encoded.Message);
        Assert.False(session.IsLost);
        Assert.False(session.Status.Ready);
    }

    [Fact]
    public async Task Start_GpuIsLostInIt_Lost()
    {
        const string Message = "Device cuda:0 did not start: CUDA failure 719: unspecified launch failure ; GPU=0";
        using var session = new DeviceSession("h/s/cuda:0", () => throw new DeviceUnavailableException(Message));

        await session.Started;

        Assert.Equal((true, Message), (session.IsLost, session.Status.Message));
    }

    [Fact]
    public async Task Encode_FailsOften_NotReadyUntilOneSucceeds()
    {
        var engine = new FakeEngine("cpu") { Fault = new InvalidOperationException("out of memory") };
        using var session = new DeviceSession("h/s/cpu", () => engine);
        for (var i = 0; i < 3; i++)
            Assert.Equal("Device h/s/cpu failed: out of memory", (await session.EncodeTexts([[1]], Far, default)).Message);

        Assert.Equal((false, "out of memory"), (session.Status.Ready, session.Status.Message));
        engine.Fault = null;
        Assert.True((await session.EncodeTexts([[1]], Far, default)).Ok);
        Assert.Equal((true, null), (session.Status.Ready, session.Status.Message));
    }

    [Fact]
    public async Task Encode_GpuIsLost_NothingIsTriedOnItAgain()
    {
        const string Message = "[ErrorCode:Fail] CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=h ; file=f.cc ; line=49 ; expr=e;";
        var engine = new FakeEngine("cuda:0");
        using var session = new DeviceSession("h/s/cuda:0", () => engine);
        await session.Started;
        engine.Close();
        var running = session.EncodeImages([[1f]], Far, default);
        await engine.Waiting.Task;
        Task<CallOutcome<TextFeatures[]>>[] waiting = [.. Enumerable.Range(0, 5).Select(i => session.EncodeTexts([[i]], Far, default))];
        Assert.False(session.IsLost);
        engine.Fault = new InvalidOperationException(Message);
        engine.Open();

        const string Lost = "Device h/s/cuda:0 is lost until this process restarts: CUDA failure 700: an illegal memory access was encountered";
        Assert.Equal((CallStatus.ModelUnavailable, Lost), ((await running).Status, (await running).Message));
        foreach (var refused in waiting)
            Assert.Equal((CallStatus.ModelUnavailable, Lost), ((await refused).Status, (await refused).Message));

        // It would answer again, but what a GPU says after that is worth nothing.
        engine.Fault = null;
        Assert.Equal(Lost, (await session.EncodeTexts([[1]], Far, default)).Message);
        Assert.Equal((1, 0), (engine.Faults, engine.Texts));
        Assert.Equal((true, false, Lost, 0), (session.IsLost, session.Status.Ready, session.Status.Message, session.Status.QueueLength));
        Assert.Equal(Lost, (await new Canary(new FakeModel().On("silo").Model).Run(session, default)).Message);
    }

    [Fact]
    public async Task ScorePairs_LongRequest_InSlicesAndInOrder()
    {
        var engine = new FakeEngine("cpu");
        using var session = new DeviceSession("h/s/cpu", () => engine);
        var text = new TextFeatures(FakeModel.TextEmbedding("t"), [], 1);
        var groups = Enumerable.Range(0, 300).Select(i =>
        {
            var embedding = FakeModel.ImageEmbedding([(byte)i, (byte)(i >> 8)]);
            return new PairGroup(new ImageFeatures(embedding, embedding), [text]);
        }).ToArray();

        var scored = await session.ScorePairs(groups, Far, default);

        Assert.Equal(groups.Select(group => FakeModel.Score(group.Image.Embedding, text.Embedding)), scored.Value!.Select(logits => logits[0]));
        Assert.Equal((300L, 300), (session.Status.PairsScored, engine.Pairs));
    }

    [Fact]
    public async Task ScorePairs_DeviceOfLargerSlices_ItsOwn()
    {
        var engine = new SliceEngine { PairSlice = 400 };
        using var session = new DeviceSession("h/s/cuda:0", () => engine);

        var scored = await session.ScorePairs([Group(1, 100), Group(2, 300), Group(3, 28)], Far, default);

        Assert.True(scored.Ok);
        Assert.Equal(["100+300", "28"], engine.Calls);
    }

    [Fact]
    public async Task ScorePairs_PictureWithMoreTextsThanASlice_CutAndPutTogetherAgain()
    {
        var engine = new SliceEngine();
        using var session = new DeviceSession("h/s/cpu", () => engine);
        PairGroup[] groups = [Group(1, 100), Group(2, 300), Group(3, 28), Group(4, 0)];

        var scored = await session.ScorePairs(groups, Far, default);

        Assert.Equal(["100", "128", "128", "44+28+0"], engine.Calls);
        Assert.Equal(
            groups.Select(group => group.Texts.Select(text => FakeModel.Score(group.Image.Embedding, text.Embedding))), scored.Value!.Select(logits => logits.AsEnumerable()));
    }

    [Fact]
    public async Task EncodeImages_LongRequest_InTheEnginesOwnBatchesAndInOrder()
    {
        var engine = new SliceEngine { ImageBatch = 3 };
        using var session = new DeviceSession("h/s/cpu", () => engine);

        var encoded = await session.EncodeImages([.. Enumerable.Range(0, 8).Select(i => new float[] { i })], Far, default);

        Assert.Equal(["3", "3", "2"], engine.Calls);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => FakeModel.ImageEmbedding([(byte)i])), encoded.Value!.Select(image => image.Embedding));
    }

    [Theory]
    [InlineData("pictures")]
    [InlineData("texts")]
    [InlineData("pairs")]
    public async Task Search_JobsLongRequestRuns_WaitsForOneSliceOnly(string work)
    {
        var engine = new SliceEngine();
        using var session = new DeviceSession("h/s/cpu", () => engine);
        await session.Started;
        engine.Close();
        var job = Deadline.InBackground(60_000);
        Task request = work switch
        {
            "pictures" => session.EncodeImages([.. Enumerable.Range(0, 5).Select(i => new float[] { i })], job, default),
            "texts" => session.EncodeTexts([.. Enumerable.Range(0, 640).Select(i => new[] { i })], job, default),
            _ => session.ScorePairs([.. Enumerable.Range(0, 5).Select(i => Group((byte)i, 128))], job, default),
        };
        await engine.Waiting.Task;
        var search = session.EncodeTexts([[7]], Far, default);
        Assert.Equal(1, session.QueueLength(background: false));

        engine.Open();
        await Task.WhenAll(request, search);

        // The first slice was running; the search's one text came next.
        Assert.Equal("1", engine.Calls[1]);
        Assert.Equal(6, engine.Calls.Count);
    }

    [Fact]
    public async Task Status_AfterWork_KnowsWhatAUnitTakes()
    {
        using var session = new DeviceSession("h/s/cpu", () => new FakeEngine("cpu"));
        var guess = session.Status;
        Assert.Equal((50, 2, 2), (guess.ImageMs, guess.TextMs, guess.PairMs));

        await session.EncodeImages([[1f], [2f]], Far, default);

        Assert.InRange(session.Status.ImageMs, 0, 49.9);
        Assert.Equal(2, session.Status.PairMs);
    }

    static PairGroup Group(byte picture, int texts)
    {
        var embedding = FakeModel.ImageEmbedding([picture]);
        return new PairGroup(
            new ImageFeatures(embedding, embedding),
            [.. Enumerable.Range(0, texts).Select(i => new TextFeatures(FakeModel.TextEmbedding($"{picture} {i}"), [], 1))]);
    }

    [Fact]
    public async Task Dispose_EngineRunning_DisposedAfterItsWork()
    {
        var engine = new Recorder();
        var session = new DeviceSession("h/s/cpu", () => engine);
        await session.Started;

        session.Dispose();

        Assert.True(engine.Disposed);
        Assert.Equal(CallStatus.ModelUnavailable, (await session.EncodeTexts([[1]], Far, default)).Status);
    }

    sealed class Recorder : IInferenceEngine
    {
        public bool Disposed { get; private set; }

        public Model.Architecture.MplugConfig Config => throw new NotSupportedException();

        public string Fingerprint => "x";

        public string Device => "cpu";

        public ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels) => throw new NotSupportedException();

        public TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds) => throw new NotSupportedException();

        public ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups) => throw new NotSupportedException();

        public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer) => throw new NotSupportedException();

        public void Dispose() => Disposed = true;
    }
}
