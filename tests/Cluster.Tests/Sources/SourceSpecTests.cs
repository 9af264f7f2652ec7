using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Api;
using MplugCluster.Grains.Interfaces.Sources;
using Orleans.Serialization;

namespace MplugCluster.Cluster.Tests.Sources;

public sealed class SourceSpecTests
{
    [Fact]
    public void Json_ASpec_SmallNames()
    {
        var spec = new SourceSpec(SourceKind.Jsonl, "azure:lists", "m.jsonl", "azure:pictures");

        var json = JsonSerializer.Serialize(spec, ApiJson.Options);

        Assert.Equal("""{"kind":"jsonl","address":"azure:lists","path":"m.jsonl","base":"azure:pictures"}""", json);
        Assert.Equal(spec, JsonSerializer.Deserialize<SourceSpec>(json, ApiJson.Options));
        Assert.Equal(new SourceSpec(SourceKind.Tar, "folder:/t"), JsonSerializer.Deserialize<SourceSpec>("""{"kind":"tar","address":"folder:/t"}""", ApiJson.Options));
    }

    [Fact]
    public void Wire_SpecItemAndSummary_Same()
    {
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
        var item = SourceItem.Rejected("a", "missing", "it is not there");
        var summary = new ListingSummary(1, 2, new() { [".txt"] = 3 }, new() { ["missing"] = 1 }, [], [], [], [item]);

        Assert.Equal(item, serializer.Deserialize<SourceItem>(serializer.SerializeToArray(item)));
        var copy = serializer.Deserialize<ListingSummary>(serializer.SerializeToArray(summary))!;
        Assert.Equal((1, 2, 3, item), (copy.Pictures, copy.Texts, copy.Ignored[".txt"], copy.FirstRejected[0]));
    }
}
