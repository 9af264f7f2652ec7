using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

try
{
    await SiloHost.Build(args).RunAsync();
    return 0;
}
catch (Exception e) when (e is MplugOptionsException or PackageException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
