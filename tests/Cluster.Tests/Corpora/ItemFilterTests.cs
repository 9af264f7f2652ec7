using System.Text;
using MplugCluster.Grains.Corpora.Filters;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class ItemFilterTests
{
    const string Metadata = """{"year": 2015, "license": "cc", "nested": {"year": 1}, "tags": ["a"], "ok": true, "none": null, "name": "\u00e4b", "half": 0.5}""";

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"license": "cc"}""", true)]
    [InlineData("""{"license": "by"}""", false)]
    [InlineData("""{"license": {"eq": "cc"}, "year": 2015}""", true)]
    [InlineData("""{"license": "cc", "year": 2016}""", false)]
    [InlineData("""{"year": {"gte": 2010, "lt": 2020}}""", true)]
    [InlineData("""{"year": {"gte": 2015, "lte": 2015}}""", true)]
    [InlineData("""{"year": {"gt": 2015}}""", false)]
    [InlineData("""{"year": {"lt": 2015}}""", false)]
    [InlineData("""{"year": 2.015e3}""", true)]
    [InlineData("""{"year": "2015"}""", false)]
    [InlineData("""{"license": {"gt": 3}}""", false)]
    [InlineData("""{"license": {"gte": "ca", "lt": "cd"}}""", true)]
    [InlineData("""{"license": {"in": ["by", 3, "cc"]}}""", true)]
    [InlineData("""{"license": {"in": []}}""", false)]
    [InlineData("""{"ok": true, "none": null}""", true)]
    [InlineData("""{"ok": false}""", false)]
    [InlineData("""{"missing": null}""", false)]
    [InlineData("""{"tags": "a"}""", false)]
    [InlineData("""{"name": "äb"}""", true)]
    [InlineData("""{"name": {"gt": "äa", "lte": "äb"}}""", true)]
    [InlineData("""{"half": {"gt": 0.4}}""", true)]
    public void Matches_Any_AsWritten(string filter, bool matches) =>
        Assert.Equal(matches, ItemFilter.Parse(filter).Matches(Encoding.UTF8.GetBytes(Metadata)));

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("{\"a\": 1")]
    public void Matches_NoObject_DoesNot(string metadata) => Assert.False(ItemFilter.Parse("""{"a": 1}""").Matches(Encoding.UTF8.GetBytes(metadata)));

    [Theory]
    [InlineData("3", "A filter is an object, such as {\"year\": {\"gte\": 2010}}.")]
    [InlineData("""{"a": {"near": 3}}""", "The filter of 'a' has the operator 'near', which there is not; eq, in, gt, gte, lt and lte are.")]
    [InlineData("""{"a": {}}""", "The filter of 'a' is empty; eq, in, gt, gte, lt and lte are what it may have.")]
    [InlineData("""{"a": [1]}""", "The filter of 'a' is a list; write {\"in\": [...]} for any of several values.")]
    [InlineData("""{"a": {"in": 3}}""", "The filter of 'a' has an 'in' that is no list.")]
    [InlineData("""{"a": {"gt": true}}""", "The filter of 'a' has a 'gt' that is neither a number nor a text.")]
    [InlineData("""{"a": {"eq": {}}}""", "The filter of 'a' compares with a list or an object; numbers, texts, true, false and null can be compared.")]
    public void Parse_Wrong_SaysWhat(string filter, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ItemFilter.Parse(filter)).Message);

    [Fact]
    public void Parse_NoJson_SaysSo() =>
        Assert.StartsWith("The filter is not JSON: ", Assert.Throws<FormatException>(() => ItemFilter.Parse("{a")).Message);
}
