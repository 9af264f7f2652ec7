using System.Diagnostics;
using System.Net;
using MplugCluster.Cluster.Tests.Processes;
using MplugCluster.Cluster.Tests.Servers;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Clients that nobody here wrote (<c>tests/Contracts</c>), against a Gateway in a process of its own.</summary>
public sealed class ForeignClientTests : IAsyncLifetime
{
    const string Key = "0123456789abcdef";

    readonly TemporaryFolder store = new();
    readonly string url = $"http://127.0.0.1:{ServerProcess.FreePort()}";
    ServerProcess? gateway;

    static string Folder => Repository.Path("tests", "Contracts");

    public async ValueTask InitializeAsync()
    {
        var node = InstalledTool.Path("node");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            const string Reason = "Run 'npm ci' in tests/Contracts first.";
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", Reason);
            Assert.Skip(Reason);
        }

        Assert.NotEmpty(node);
        gateway = ServerProcess.Start(
            "Gateway", $"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1", $"Gateway:Url={url}", $"Gateway:Keys:Admin={Key}");
        using var http = new HttpClient();
        try
        {
            await gateway.Until(async () => (await http.GetAsync($"{url}/readyz")).StatusCode == HttpStatusCode.OK);
        }
        catch
        {
            // Nobody disposes what has not come up.
            await DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        gateway?.Dispose();
        store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("embeddings.mjs")]
    [InlineData("rerank.mjs")]
    [InlineData("openapi.mjs")]
    public async Task Client_OfSomebodyElse_FindsWhatItExpects(string script)
    {
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(script);
        start.Environment["MPLUG_URL"] = url;
        start.Environment["MPLUG_KEY"] = Key;
        start.Environment["MPLUG_PICTURE"] = HttpFixture.PathOf(0);
        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(limit.Token), node.StandardError.ReadToEndAsync(limit.Token));
        await node.WaitForExitAsync(limit.Token);

        Assert.True(node.ExitCode == 0, await errors);
        Assert.Equal("ok\n", await output);
    }
}
