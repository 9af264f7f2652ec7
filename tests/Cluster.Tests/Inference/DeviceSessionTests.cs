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
        using var session = new DeviceSession("h/s/cuda:0", () => throw new DeviceUnavailableException("libcudart.so.12 was not found"));

        var encoded = await session.EncodeTexts([[1]], Far, default);

        Assert.Equal(CallStatus.ModelUnavailable, encoded.Status);
        Assert.Equal("Device h/s/cuda:0 did not start: libcudart.so.12 was not found", encoded.Message);
        Assert.False(session.Status.Ready);
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

        public void Dispose() => Disposed = true;
    }
}
