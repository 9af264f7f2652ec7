using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Hosting;

/// <summary>
/// The Gateway as a process. The first of a cluster takes the store and says where it can be reached, so that an <c>mplug</c> on that store uses
/// this cluster instead of starting a second one beside it. Only a directory can be taken so: a container serves many machines.
/// </summary>
public static class GatewayProcess
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="host">The Gateway.</param>
    /// <param name="started">Told, when it runs, the address at which this machine reaches it. Default: nobody is.</param>
    /// <returns>The process's exit code.</returns>
    /// <exception cref="StoreBusyException">Another cluster has the store.</exception>
    /// <exception cref="ClusterStartException">Redis cannot be used.</exception>
    public static async Task<int> Run(WebApplication host, Action<string>? started = null)
    {
        var options = host.Services.GetRequiredService<MplugOptions>();
        var takesStore = options.Cluster.Primary.Length == 0 && ObjectStores.IsDirectory(options.Store);
        using var storeLock = takesStore ? StoreLock.TryTake(options.Store) : null;

        // Gateways of one cluster in Redis are equals: whoever comes first has the lock, for an mplug to find the cluster.
        if (takesStore && storeLock is null && options.Cluster.Redis.Length == 0)
        {
            throw new StoreBusyException(
                $"Another cluster has the store '{options.Store}' (process {StoreLock.ReadDoor(options.Store)?.ProcessId}). End it, or use another store (--store, Mplug:Store).");
        }

        var token = host.Services.GetRequiredService<GatewayOptions>().AdminKey;
        return await SiloProcess.Run(host, () =>
        {
            storeLock?.Publish(new StoreDoor(LoopbackUrl(host), token, Environment.ProcessId));
            started?.Invoke(LoopbackUrl(host));
        });
    }

    /// <summary>Its address as this machine reaches it, also where it listens on all.</summary>
    static string LoopbackUrl(WebApplication host)
    {
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new UriBuilder(address.Replace("://0.0.0.0", "://127.0.0.1").Replace("://[::]", "://[::1]")).Uri.ToString();
    }
}
