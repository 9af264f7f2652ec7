using MplugCluster.Gateway.Embedded;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

try
{
    await using var host = GatewayHost.Build(args);
    await GatewayProcess.Run(host);
    return 0;
}
catch (Exception e) when (e is MplugOptionsException or PackageException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Exception e) when (e is StoreBusyException or StoreException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
