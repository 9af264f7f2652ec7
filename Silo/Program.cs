using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

try
{
    return await SiloHost.Run(SiloHost.Build(args));
}
catch (Exception e) when (e is MplugOptionsException or PackageException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Exception e) when (e is ClusterStartException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
