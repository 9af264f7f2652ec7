using MplugCluster.Gateway.Embedded;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

try
{
    return await GatewayProcess.Run(GatewayHost.Build(args));
}
catch (Exception e) when (e is MplugOptionsException or PackageException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Exception e) when (e is ClusterStartException or StoreBusyException or StoreException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
