using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>A whole Gateway with the model that ships, whose sources are the samples and one folder.</summary>
sealed class JobHost : IAsyncDisposable
{
    readonly WebApplication host;

    JobHost(WebApplication host, MplugClient client) => (this.host, Client) = (host, client);

    public MplugClient Client { get; }

    /// <summary>Starts one.</summary>
    /// <param name="store">Its store.</param>
    /// <param name="root">A folder that sources may be in.</param>
    /// <param name="azure">Connection string of an account all of whose containers are sources.</param>
    public static async Task<JobHost> Open(string store, string root, string azure = "")
    {
        var options = new MplugOptions
        {
            Model = Repository.Scenes,
            Store = store,
            Device = new DeviceOptions { IntraOpThreads = 1 },
            Sources = new SourceOptions { Roots = $"{root}{Path.PathSeparator}{Repository.Path("samples")}", Containers = azure.Length > 0 ? "*" : "" },
            Azure = new AzureOptions { ConnectionString = azure },
        };
        var host = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0" }, LogLevel.Error);
        await host.StartAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new JobHost(host, new MplugClient(new Uri(address)));
    }

    /// <summary>Ingests a source into a corpus and waits.</summary>
    public async Task<JobInfo> Ingest(string corpus, IngestSource source) =>
        await Client.WaitForJob((await Client.Ingest(corpus, new IngestRequest(source))).Id);

    /// <summary>Runs a job to its end.</summary>
    public async Task<JobInfo> Run(JobRequest request) => await Client.WaitForJob((await Client.Submit(request)).Id);

    /// <summary>The rows of a job.</summary>
    public async Task<string[]> Rows(JobInfo job)
    {
        using var bytes = new MemoryStream();
        Assert.True(await Client.DownloadResults(job.Id, "jsonl", bytes));
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task<ItemFault[]> Faults(JobInfo job) => [.. await Client.JobErrors(job.Id).ToArrayAsync()];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
    }
}
