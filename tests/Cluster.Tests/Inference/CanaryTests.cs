using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Inference;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class CanaryTests
{
    static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(300);

    readonly FakeEngine engine = new("cpu");
    readonly Canary canary = new(new FakeModel().On("silo").Model, Budget);

    [Fact]
    public async Task Run_DeviceWell_Ready()
    {
        using var session = new DeviceSession("h/s/cpu", () => engine);

        Assert.True((await canary.Run(session, default)).Ready);
    }

    [Fact]
    public async Task Run_DeviceHangs_NotReadyWithinTheBudget()
    {
        using var session = new DeviceSession("h/s/cpu", () => engine);
        await canary.Run(session, default);
        engine.Close();
        var held = session.EncodeImages([[1f]], Deadline.In(60_000), default);
        await engine.Waiting.Task;
        await canary.Run(session, default);

        var status = await canary.Run(session, default);

        Assert.Equal((false, "It did not answer in 0 s."), (status.Ready, status.Message));
        engine.Open();
        Assert.True((await held).Ok);
        Assert.True((await canary.Run(session, default)).Ready);
    }

    [Fact]
    public async Task Run_DeviceFails_NotReadyAndWhy()
    {
        engine.Fault = new InvalidOperationException("out of memory");
        using var session = new DeviceSession("h/s/cpu", () => engine);

        var status = await canary.Run(session, default);

        Assert.Equal((false, "Device h/s/cpu failed: out of memory"), (status.Ready, status.Message));
    }

    [Fact]
    public async Task Run_EmbeddingIsNoUnitVector_TheDeviceIsTakenOut()
    {
        using var session = new DeviceSession("h/s/cpu", () => engine);
        engine.GivesNoTextEmbedding = _ => true;

        var status = await canary.Run(session, default);

        Assert.Equal(
            (false, "Device h/s/cpu is lost until this process restarts: The canary's embedding has the length NaN, expected 1."), (status.Ready, status.Message));
        Assert.True(session.IsLost);
        engine.GivesNoTextEmbedding = _ => false;
        Assert.False((await session.EncodeTexts([[1, 2]], Deadline.In(60_000), default)).Ok);
        Assert.False((await canary.Run(session, default)).Ready);
    }

    [Fact]
    public async Task Run_EmbeddingIsAnotherThanAtFirst_TheDeviceIsTakenOut()
    {
        using var session = new DeviceSession("h/s/cpu", () => engine);
        Assert.True((await canary.Run(session, default)).Ready);
        Assert.True((await canary.Run(session, default)).Ready);
        engine.OtherTexts = true;

        var status = await canary.Run(session, default);

        Assert.False(status.Ready);
        Assert.Matches("^Device h/s/cpu is lost until this process restarts: The canary's embedding has moved by [0-9.]+ since the device's first", status.Message);
        Assert.True(session.IsLost);
    }
}
