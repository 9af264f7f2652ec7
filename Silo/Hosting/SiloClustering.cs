using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MplugCluster.Silo.Health;
using MplugCluster.Silo.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using StackExchange.Redis;
using ClusterOptions = MplugCluster.Silo.Options.ClusterOptions;
using OrleansClusterOptions = Orleans.Configuration.ClusterOptions;

namespace MplugCluster.Silo.Hosting;

/// <summary>How a silo finds the others: through Redis, or through the first silo.</summary>
public static class SiloClustering
{
    /// <summary>Makes this process a silo of the cluster that the options name; without a door for Orleans clients unless one is asked for.</summary>
    /// <exception cref="ClusterStartException">The silo's address is not this machine's, or a port is taken.</exception>
    public static ISiloBuilder UseCluster(this ISiloBuilder silo, ClusterOptions options)
    {
        var address = IPAddress.Parse(options.Address);
        var own = new IPEndPoint(address, FreePort(address, options.SiloPort, nameof(options.SiloPort)));
        var clients = options.ClientPort > 0
            ? new IPEndPoint(address, FreePort(address, options.ClientPort, nameof(options.ClientPort)))
            : null;
        silo.Configure<EndpointOptions>(endpoints =>
        {
            (endpoints.AdvertisedIPAddress, endpoints.SiloPort, endpoints.GatewayPort) = (address, own.Port, options.ClientPort);
            (endpoints.SiloListeningEndpoint, endpoints.GatewayListeningEndpoint) = (own, clients);
        });
        if (options.Redis.Length > 0)
            UseRedis(silo, options);
        else
            silo.UseDevelopmentClustering(options.Primary.Length > 0 ? IPEndPoint.Parse(options.Primary) : own);
        silo.Configure<OrleansClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Id, options.Id));
        silo.Configure<SiloOptions>(named => named.SiloName = options.SiloName);
        if (options.Dashboard)
            silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        return silo;
    }

    static void UseRedis(ISiloBuilder silo, ClusterOptions options)
    {
        silo.UseRedisClustering(redis =>
        {
            redis.ConfigurationOptions = ConfigurationOptions.Parse(options.Redis);

            // A Redis that goes away comes back: the connection waits for it.
            redis.ConfigurationOptions.AbortOnConnectFail = false;
        });
        var table = silo.Services.Last(service => service.ServiceType == typeof(IMembershipTable)).ImplementationFactory!;
        silo.Services.Replace(ServiceDescriptor.Singleton<IMembershipTable>(provider =>
            ActivatorUtilities.CreateInstance<PatientMembershipTable>(provider, (IMembershipTable)table(provider))));
        silo.Services.AddSingleton<MembershipWatch>();
        silo.Services.AddHostedService(provider => provider.GetRequiredService<MembershipWatch>());
    }

    /// <summary>The port, or a free one for 0; Orleans itself would say with a stack trace that it cannot listen.</summary>
    static int FreePort(IPAddress address, int port, string key)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new ClusterStartException($"'{address}' (Mplug:Cluster:Address) is not an address of this machine.", e);
        }
        catch (SocketException e)
        {
            throw new ClusterStartException($"The silo cannot listen on {new IPEndPoint(address, port)} (Mplug:Cluster:{key}): {e.Message}.", e);
        }
    }
}
