using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Search;

namespace MplugCluster.Cluster.Tests.Search;

public sealed class ResultCutTests
{
    [Fact]
    public void Apply_NoCut_EverythingStays()
    {
        SearchResult[] results = [Result("a", 0.9f, 0.5f), Result("b", null, 0.4f)];

        Assert.Equal(results, new ResultCut(null, null).Apply(results));
    }

    [Fact]
    public void Apply_MinProbability_LeavesOutTheLessProbableAndTheUnscored()
    {
        SearchResult[] results = [Result("a", 0.9f, 0.5f), Result("b", 0.5f, 0.6f), Result("c", 0.49f, 0.9f), Result("d", null, 0.95f)];

        Assert.Equal(["a", "b"], Ids(new ResultCut(0.5, null).Apply(results)));
    }

    [Fact]
    public void Apply_RelativeCutoff_OfTheBestProbability()
    {
        SearchResult[] results = [Result("a", 0.8f, 0.1f), Result("b", 0.41f, 0.9f), Result("c", 0.39f, 0.9f), Result("d", null, 0.95f)];

        Assert.Equal(["a", "b"], Ids(new ResultCut(null, 0.5).Apply(results)));
    }

    [Fact]
    public void Apply_RelativeCutoffWithoutReranking_OfTheBestSimilarity()
    {
        SearchResult[] results = [Result("a", null, 0.5f), Result("b", null, 0.45f), Result("c", null, 0.3f)];

        Assert.Equal(["a", "b"], Ids(new ResultCut(null, 0.9).Apply(results)));
    }

    [Fact]
    public void Apply_NothingFound_Nothing() => Assert.Empty(new ResultCut(0.5, 0.5).Apply([]));

    [Theory]
    [InlineData(1.5, null, true, "'min_probability' is 1.5; 0 to 1 are allowed.")]
    [InlineData(null, -0.1, true, "'relative_cutoff' is -0.1; 0 to 1 are allowed.")]
    [InlineData(0.5, null, false, "'min_probability' is about the ITM probability, and this search reranks nothing; use 'relative_cutoff'.")]
    public void Of_WrongRequest_SaysWhy(double? minimum, double? relative, bool isReranked, string detail)
    {
        var request = new SearchRequest { Text = "x", MinProbability = minimum, RelativeCutoff = relative };

        Assert.Equal(detail, Assert.Throws<ProblemException>(() => ResultCut.Of(request, isReranked)).Problem.Detail);
    }

    static string[] Ids(IReadOnlyList<SearchResult> results) => [.. results.Select(result => result.Id)];

    static SearchResult Result(string id, float? probability, float similarity) =>
        new(0, id, "picture", null, null, 0, similarity, probability, probability);
}
