using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Hosting;

/// <summary>
/// The Gateway as a process. The first of a cluster takes the store and says where it can be reached, so that an <c>mplug</c> on that store uses
/// this cluster instead of starting a second one beside it. Only a directory can be taken so: a container serves many machines.
/// </summary>
static class GatewayProcess
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <exception cref="StoreBusyException">Another cluster has the store.</exception>
    public static async Task Run(WebApplication host)
    {
        var options = host.Services.GetRequiredService<MplugOptions>();
        var takesStore = options.Cluster.Primary.Length == 0 && ObjectStores.IsDirectory(options.Store);
        using var storeLock = takesStore ? StoreLock.TryTake(options.Store) : null;
        if (takesStore && storeLock is null)
        {
            throw new StoreBusyException(
                $"Another cluster has the store '{options.Store}' (process {StoreLock.ReadDoor(options.Store)?.ProcessId}). End it, or use another Mplug:Store.");
        }

        await host.StartAsync();
        var token = host.Services.GetRequiredService<GatewayOptions>().Token;
        storeLock?.Publish(new StoreDoor(LoopbackUrl(host), token, Environment.ProcessId));
        await host.WaitForShutdownAsync();
    }

    /// <summary>Its address as this machine reaches it, also where it listens on all.</summary>
    static string LoopbackUrl(WebApplication host)
    {
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new UriBuilder(address.Replace("://0.0.0.0", "://127.0.0.1").Replace("://[::]", "://[::1]")).Uri.ToString();
    }
}
