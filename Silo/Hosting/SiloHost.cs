using MplugCluster.Silo.Health;
using MplugCluster.Silo.Options;

namespace MplugCluster.Silo.Hosting;

/// <summary>A silo as a process of its own: devices and grains, and an admin port instead of the Gateway's HTTP door.</summary>
public static partial class SiloHost
{
    /// <summary>Builds the process.</summary>
    /// <exception cref="MplugOptionsException">Settings are wrong.</exception>
    /// <exception cref="ClusterStartException">It cannot listen where it is told to.</exception>
    /// <exception cref="Model.Packages.PackageException">The model package is damaged.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.UseStderr();
        var options = OptionsReader.Read<MplugOptions>(builder.Configuration.GetSection(MplugOptions.Section));
        MplugOptionsValidator.ThrowIfWrong(options);
        var served = ServedModel.Open(options);
        builder.Host.UseOrleans(silo => silo.UseCluster(options.Cluster).AddMplug(options, served).Traced(builder.Configuration));
        builder.Services.AddTelemetry(builder.Configuration, options.Cluster.SiloName);
        builder.WebHost.UseUrls($"http://{new System.Net.IPEndPoint(System.Net.IPAddress.Parse(options.Cluster.Address), options.Cluster.AdminPort)}");
        var host = builder.Build();
        host.MapHealth();
        host.MapMetrics();
        return host;
    }

    /// <summary>Runs the process; returns its exit code.</summary>
    /// <exception cref="ClusterStartException">Redis cannot be used.</exception>
    public static Task<int> Run(WebApplication host) => SiloProcess.Run(host, () =>
        LogAdmin(host.Logger, host.Services.GetRequiredService<MplugOptions>().Cluster.SiloName, host.Urls.First()));

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} runs; its admin port is {Url}")]
    static partial void LogAdmin(ILogger logger, string silo, string url);
}
