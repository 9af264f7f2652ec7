using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Embedded;

/// <summary>
/// A whole cluster inside this process, behind a loopback port with a token of its own; or, where another process already has the store, the
/// way to that one.
/// </summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    readonly MplugOptions options;
    readonly LogLevel logLevel;
    readonly SemaphoreSlim opening = new(1, 1);
    WebApplication? host;
    StoreLock? storeLock;
    StoreDoor? door;

    EmbeddedCluster(MplugOptions options, LogLevel logLevel) => (this.options, this.logLevel) = (options, logLevel);

    /// <summary>The way in.</summary>
    public MplugClient Client { get; private set; } = null!;

    /// <summary>Whether the cluster runs in another process.</summary>
    public bool IsAttached => host is null;

    /// <summary>Starts a cluster on the options' store, or attaches to the one that has it; when that one ends, this process goes on with its own.</summary>
    /// <exception cref="StoreBusyException">The store's cluster serves another model, or does not answer.</exception>
    /// <exception cref="MplugOptionsException">Settings are wrong.</exception>
    /// <exception cref="PackageException">The model package is damaged.</exception>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public static async Task<EmbeddedCluster> Open(MplugOptions options, LogLevel logLevel, CancellationToken cancellation)
    {
        MplugOptionsValidator.ThrowIfWrong(options);
        var cluster = new EmbeddedCluster(options, logLevel);
        var door = await cluster.Find(cancellation);
        cluster.Client = new MplugClient(new Uri(door.Url), handler: new StoreDoorHandler(door, cluster.Reopen));
        return cluster;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (host is not null)
        {
            using var limit = new CancellationTokenSource(Farewell);
            await host.StopAsync(limit.Token);
            await host.DisposeAsync();
        }

        storeLock?.Dispose();
        opening.Dispose();
    }

    /// <summary>Requests that fail together share one search for the next door. There is none after this process's own.</summary>
    async Task<StoreDoor?> Reopen(StoreDoor failed, CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            return door != failed ? door : host is null ? await Find(cancellation) : null;
        }
        finally
        {
            opening.Release();
        }
    }

    async Task<StoreDoor> Find(CancellationToken cancellation)
    {
        // A container serves many machines: nobody takes it, and nobody else's cluster is on this one's loopback interface.
        if (!ObjectStores.IsDirectory(options.Store))
            return door = await Start(null, cancellation);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (StoreLock.TryTake(options.Store) is { } taken)
                return door = await Start(taken, cancellation);
            if (StoreLock.ReadDoor(options.Store) is { } other && await Answers(other, patience.Token))
                return door = other;
            cancellation.ThrowIfCancellationRequested();
            if (patience.IsCancellationRequested)
            {
                throw new StoreBusyException(
                    $"Another process has the store '{options.Store}' but does not answer. End it, or use another --store.");
            }

            await Task.Delay(Retry, cancellation);
        }
    }

    async Task<StoreDoor> Start(StoreLock? taken, CancellationToken cancellation)
    {
        WebApplication? started = null;
        try
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            started = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0", Token = token }, logLevel);
            await started.StartAsync(cancellation);
            var url = started.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            var own = new StoreDoor(url, token, Environment.ProcessId);
            taken?.Publish(own);
            (host, storeLock) = (started, taken);
            return own;
        }
        catch
        {
            if (started is not null)
                await started.DisposeAsync();
            taken?.Dispose();
            throw;
        }
    }

    /// <summary>Whether a door leads to a cluster that can be used; false when its process is gone or not answering yet.</summary>
    async Task<bool> Answers(StoreDoor other, CancellationToken patience)
    {
        var wanted = ModelPackage.Open(options.Model, checkContent: false).Fingerprint;
        using var client = new MplugClient(new Uri(other.Url), other.Token);
        try
        {
            var served = await client.Model(patience);
            return served.Fingerprint == wanted ? true : throw new StoreBusyException(
                $"Process {other.ProcessId} has the store '{options.Store}' and serves another model ({served.Fingerprint}, not {wanted}). "
                + "Wait for it to end, or use another --store.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or MplugApiException { Problem.Status: 401 })
        {
            return false;
        }
    }
}
