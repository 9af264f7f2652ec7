using MplugCluster.Cli.Rank;
using MplugCluster.Cli.Score;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Tests;

/// <summary>What the command says where things go wrong, in words of the command.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    FakeServer server = null!;

    public async ValueTask InitializeAsync() => server = await FakeServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Key_IsMissingOrWrong_SaysWhereItIsGiven()
    {
        server.On("GET /v1/corpora", new Problem("urn:mplug:unauthorized", "The key is not known", 401, "Send a key of this server as 'Authorization: Bearer <key>'."));

        var run = await server.Run("corpora");

        Assert.Equal(
            (1, "The server needs a key, or does not know the one it got: give it with --token, or in the variable Mplug__Gateway__Token."),
            (run.Code, run.Error.Trim()));
    }

    [Fact]
    public async Task Picture_IsNotThere_SaysSoWithoutTheFrameworksWords()
    {
        var run = await server.Run("score", "--image", "none.png", "--text", "x");

        Assert.Equal((2, "There is no picture 'none.png'."), (run.Code, run.Error.Trim()));
    }

    [Fact]
    public async Task Folder_HasTheNameOfACorpus_IsFoundOut()
    {
        server.On("GET /v1/corpora/pictures", new CorpusInfo("pictures", "f", "ms25", 1, 1, 0, 1, false));
        server.On("GET /v1/corpora/others", new Problem("urn:mplug:corpus-not-found", "There is no such corpus", 404, "There is no corpus 'others'."));
        using var client = new MplugClient(new Uri(server.Address));

        Assert.True(await CorpusRank.IsAlso("pictures", client, TestContext.Current.CancellationToken));
        foreach (var other in new[] { "others", "./pictures", ".", "My Pictures" })
            Assert.False(await CorpusRank.IsAlso(other, client, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PairLine_ThatIsNoJson_SaysWhyWithoutThePlaceInIt() => Assert.Equal(
        "The line is not JSON: 'b' is an invalid start of a property name. Expected a '\"'.", PairLine.Parse("{bad").Error!.Message);

    [Theory]
    [InlineData(0, "0 pairs")]
    [InlineData(1, "1 pair")]
    [InlineData(1200, "1200 pairs")]
    public void Counted_ANumber_WithItsNoun(int number, string expected) => Assert.Equal(expected, Counted.Of(number, "pair"));
}
