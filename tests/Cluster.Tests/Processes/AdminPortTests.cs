using System.Net;
using System.Text.RegularExpressions;

namespace MplugCluster.Cluster.Tests.Processes;

public sealed partial class AdminPortTests
{
    [Fact]
    public async Task Silo_AnyFreeAdminPort_TheLogSaysWhichAndItAnswers()
    {
        using var store = new TemporaryFolder();
        using var silo = ServerProcess.Start("Silo", $"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1", "Cluster:SiloName=alone");
        using var http = new HttpClient();

        await silo.Until(() => Task.FromResult(AdminUrl().IsMatch(silo.Log)));
        http.BaseAddress = new Uri(AdminUrl().Match(silo.Log).Groups[1].Value);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("livez")).StatusCode);
        await silo.Until(async () => (await http.GetAsync("readyz")).StatusCode == HttpStatusCode.OK);
        var metrics = await http.GetStringAsync("metrics");
        Assert.Matches("mplug_device_queue_length\\{.*device=\"[^\"]+/alone/cpu\".*\\} 0", metrics);
        Assert.Matches("mplug_device_inference_seconds_count\\{.*work=\"text\".*\\} [1-9]", metrics);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("v1/models")).StatusCode);
    }

    [GeneratedRegex(@"Silo alone runs; its admin port is (http://127\.0\.0\.1:\d+)")]
    private static partial Regex AdminUrl();
}
