using MplugCluster.Silo.Health;
using MplugCluster.Silo.Options;

namespace MplugCluster.Silo.Hosting;

/// <summary>A silo as a process of its own: devices and grains, and an admin port instead of the Gateway's HTTP door.</summary>
public static class SiloHost
{
    /// <summary>Builds the process.</summary>
    /// <exception cref="MplugOptionsException">Settings are wrong.</exception>
    /// <exception cref="Model.Packages.PackageException">The model package is damaged.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.UseStderr();
        var options = OptionsReader.Read<MplugOptions>(builder.Configuration.GetSection(MplugOptions.Section));
        MplugOptionsValidator.ThrowIfWrong(options);
        var served = ServedModel.Open(options);
        builder.Host.UseOrleans(silo => silo.UseMachineCluster(options.Cluster).AddMplug(options, served));
        if (builder.Configuration["urls"] is null)
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        host.MapHealth();
        return host;
    }
}
