using System.Net;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Http;

public sealed class MetricsTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Metrics_AfterWork_DevicesCachesAndPictures()
    {
        var request = new RetrievalRequest { Image = PictureInput.OfData(HttpFixture.Picture(0)), Text = "a red star" };
        await fixture.Client.Score(request);
        await fixture.Client.Score(request);

        var metrics = await fixture.Http.GetStringAsync("/metrics");

        foreach (var line in (string[])[
            "mplug_device_queue_length{.*priority=\"job\"", "mplug_device_wait_seconds_bucket{", "mplug_device_inference_seconds_sum{.*work=\"pair\"",
            "mplug_device_batch_size_count{.*work=\"image\"", "mplug_picture_decode_seconds_count", "mplug_cache_lookups_total{.*kind=\"image\".*tier=\"memory\"",
            "mplug_cache_lookups_total{.*kind=\"text\".*tier=\"none\"",
            "mplug_store_call_seconds_count{.*operation=\"write\"", "http_server_request_duration_seconds_count{.*http_route=\"/v1/image-text-retrieval\"",
            "target_info{.*service_instance_id=\"silo\""])
        {
            Assert.Matches(line, metrics);
        }
    }

    [Fact]
    public async Task Metrics_WithoutToken_Refused()
    {
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(fixture.Address, "metrics"))).StatusCode);
    }
}
