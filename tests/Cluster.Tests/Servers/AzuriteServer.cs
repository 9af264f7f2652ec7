using System.Diagnostics;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using MplugCluster.Cluster.Tests.Processes;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Servers;

/// <summary>Azure Blob Storage on this machine: Microsoft's emulator, on a free loopback port, gone after the tests.</summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    /// <summary>Tests that use it: one after the other, one server for all.</summary>
    public const string Collection = "azurite";

    const string Program = "azurite-blob";

    /// <summary>Of every emulator's only account; not a secret.</summary>
    const string Account = "devstoreaccount1";
    const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    readonly TemporaryFolder folder = new();
    Process? process;
    int port;
    string? missing;

    /// <summary>The account; skips the test where the emulator is not installed, but not in CI.</summary>
    internal AzureAccount Open()
    {
        Assert.SkipWhen(missing is not null && Environment.GetEnvironmentVariable("CI") != "true", missing ?? "");
        Assert.Null(missing);
        return new AzureAccount(ConnectionString(Key));
    }

    /// <summary>A container of a name that no other test has; made unless told otherwise.</summary>
    internal async Task<ContainerAddress> Container(bool isThere = true)
    {
        Open();
        var name = $"test-{Guid.NewGuid():N}";
        if (isThere)
            await new BlobServiceClient(ConnectionString(Key)).CreateBlobContainerAsync(name);
        return new ContainerAddress(name, "");
    }

    /// <summary>How the account is reached, with a key of one's choice.</summary>
    internal string ConnectionString(string key) => ConnectionString(key, port);

    /// <summary>The account over another way to it.</summary>
    internal static AzureAccount At(int port) => new(ConnectionString(Key, port));

    /// <summary>A way to it on which answers can be lost.</summary>
    internal LossyProxy Proxy()
    {
        Open();
        return new LossyProxy(port);
    }

    static string ConnectionString(string key, int port) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};BlobEndpoint=http://127.0.0.1:{port}/{Account};";

    /// <summary>Of an account where nothing listens.</summary>
    internal static AzureAccount NobodyThere() => At(ServerProcess.FreePort());

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled())
        {
            missing = $"'{Program}' is not installed (npm install -g azurite).";
            return;
        }

        port = ServerProcess.FreePort();
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--location", folder.Path, "--skipApiVersionCheck", "--silent" })
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await UntilItListens();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    static bool IsInstalled() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, Program)));

    async Task UntilItListens()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            Assert.False(process!.HasExited, $"'{Program}' ended at once.");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }
}
