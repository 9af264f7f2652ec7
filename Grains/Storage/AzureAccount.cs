using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace MplugCluster.Grains.Storage;

/// <summary>How Azure Blob Storage is reached: with a connection string, or as the process's own identity at an address.</summary>
/// <param name="ConnectionString">An account's connection string (<c>Mplug:Azure:ConnectionString</c>); empty to use the address.</param>
/// <param name="ServiceUrl">
/// <c>https://account.blob.core.windows.net</c> (<c>Mplug:Azure:ServiceUrl</c>), entered as whoever <c>DefaultAzureCredential</c> finds: a managed
/// identity, the environment, the Azure CLI.
/// </param>
public sealed record AzureAccount(string ConnectionString = "", string ServiceUrl = "")
{
    /// <summary>A dead address costs tries x this: it is told in about 15 seconds.</summary>
    static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(3);

    /// <summary>For one try to be answered, besides what an upload of its size takes; and for a download to bring its next bytes.</summary>
    static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    /// <summary>One pool of connections for all stores and sources of the process.</summary>
    static readonly HttpClient Connections = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTime,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Whether there is an account at all.</summary>
    public bool IsSet => ConnectionString.Length > 0 || ServiceUrl.Length > 0;

    /// <summary>What is wrong with it, without asking the network; null if nothing is.</summary>
    public string? Fault
    {
        get
        {
            if (ConnectionString.Length > 0 && ServiceUrl.Length > 0)
                return "both a connection string and a service URL are set; set one of them.";
            if (ServiceUrl.Length > 0)
            {
                return Uri.TryCreate(ServiceUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.Query.Length == 0
                    ? null
                    : $"'{ServiceUrl}' is not the address of an account; write https://<account>.blob.core.windows.net. Shared access signatures belong in the connection string.";
            }

            try
            {
                if (ConnectionString.Length > 0)
                    Open();
                return null;
            }
            catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
            {
                // What the library says may quote the string, and so the key.
                return "it is not a connection string; copy it from the account's page 'Access keys'.";
            }
        }
    }

    /// <summary>The setting that a fault of the account belongs to.</summary>
    public string Setting => ServiceUrl.Length > 0 ? "Mplug:Azure:ServiceUrl" : "Mplug:Azure:ConnectionString";

    /// <summary>Without the key.</summary>
    public override string ToString() => IsSet ? $"{nameof(AzureAccount)} of {Setting}" : $"no {nameof(AzureAccount)}";

    internal BlobServiceClient Open()
    {
        var options = new BlobClientOptions
        {
            Transport = new HttpClientTransport(Connections),
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = 3,
                Delay = TimeSpan.FromMilliseconds(400),
                MaxDelay = TimeSpan.FromSeconds(4),
                NetworkTimeout = AnswerTime,
            },
        };
        options.AddPolicy(new UploadTime(AnswerTime), HttpPipelinePosition.PerCall);
        return ServiceUrl.Length > 0
            ? new BlobServiceClient(new Uri(ServiceUrl), new DefaultAzureCredential(), options)
            : new BlobServiceClient(ConnectionString, options);
    }
}
