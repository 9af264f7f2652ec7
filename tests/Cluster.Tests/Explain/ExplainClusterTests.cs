using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Explain;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Cluster.Tests.Explain;

/// <summary>Explanations from a silo without a device: the maps travel, features do not.</summary>
public sealed class ExplainClusterTests : IAsyncLifetime
{
    readonly FakeModel model = new();
    TestCluster cluster = null!;

    ExplanationPipeline Door => cluster.Get<ExplanationPipeline>("Silo_1");

    public async ValueTask InitializeAsync()
    {
        cluster = await TestCluster.Start(2, silo => silo == "Silo_0", model.On);
        cluster.Releasing = model.OpenAll;
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Explain_FromAnotherSilo_TheDevicesMaps()
    {
        var answer = await Door.Explain(Query("abc") with { Layer = 2 }, new StageTimes(), default);

        Assert.Equal(["a", "b", "c"], answer.Tokens.Select(token => token.Token));
        Assert.Equal([[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]], answer.Tokens.Select(token => token.Attention));
        Assert.Equal(FakeModel.Logits([1, 2, 3], "abc").Match, answer.ItmLogit);
        Assert.Equal((0, 1), (answer.Features.ImagesFromMemory, answer.Features.ImagesEncoded));
        Assert.Equal(1, (await Door.Explain(Query("abc"), new StageTimes(), default)).Features.ImagesFromMemory);
    }

    [Fact]
    public async Task Explain_DeviceThatDoesNotAnswer_TimedOut()
    {
        await Door.Explain(Query("a"), new StageTimes(), default);
        model.Engines["Silo_0"].Close();

        var problem = await Assert.ThrowsAsync<ProblemException>(() => Door.Explain(Query("a") with { BudgetMs = 300 }, new StageTimes(), default));

        Assert.Equal((503, "urn:mplug:timed-out"), (problem.Problem.Status, problem.Problem.Type));
    }

    [Fact]
    public async Task Explain_EngineThatFails_UnavailableWithItsMessage()
    {
        await Door.Explain(Query("a"), new StageTimes(), default);
        model.Engines["Silo_0"].Fault = new InvalidOperationException("out of memory");

        var problem = await Assert.ThrowsAsync<ProblemException>(() => Door.Explain(Query("a"), new StageTimes(), default));

        Assert.Equal("urn:mplug:unavailable", problem.Problem.Type);
        Assert.Contains("failed: out of memory", problem.Problem.Detail);
    }

    static ExplanationQuery Query(string text) => new() { Image = PictureInput.OfData([1, 2, 3]), Text = text };
}
