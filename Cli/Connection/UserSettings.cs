using System.CommandLine;
using Microsoft.Extensions.Configuration;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cli.Connection;

/// <summary>Settings of the user's environment, as <c>Mplug__Cache__MemoryBytes</c>, with what the command line says in their place.</summary>
static class UserSettings
{
    /// <summary>All but the model.</summary>
    /// <exception cref="MplugOptionsException">A variable of the environment is wrong.</exception>
    /// <exception cref="UsageException">The store is a file.</exception>
    public static MplugOptions Read(ParseResult parsed)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(MplugOptions.Section);
        var options = OptionsReader.Read<MplugOptions>(environment, GatewayOptions.Section);
        options = options with { Store = parsed.GetValue(CommonFlags.Store) ?? options.Store };
        return !ObjectStores.IsDirectory(options.Store) || !File.Exists(options.Store)
            ? options
            : throw new UsageException($"'{options.Store}' is a file; a store is a folder or azure:container/prefix.");
    }

    /// <summary>Asked before a cluster is started: whether its store can be written, if it is a folder of this machine.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void ThrowIfUnwritable(string store)
    {
        if (ObjectStores.IsDirectory(store))
            OutputPath.Folder(store);
    }

    /// <summary>The Gateway's own.</summary>
    /// <exception cref="MplugOptionsException">A variable of the environment is wrong.</exception>
    public static GatewayOptions ReadGateway()
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(MplugOptions.Section);
        return OptionsReader.Read<GatewayOptions>(environment.GetSection(GatewayOptions.Section));
    }

    /// <summary>What an own cluster may read: it runs as its user and for nobody else, so what the user can read, it may read.</summary>
    public static SourceOptions OwnSources(this MplugOptions options) =>
        options.Sources.Roots.Length > 0 ? options.Sources : options.Sources with { Roots = WholeMachine };

    /// <summary>All that this machine's user can read of it.</summary>
    public static SourceSettings ThisMachine => new(WholeMachine.Split(Path.PathSeparator), []);

    static string WholeMachine => OperatingSystem.IsWindows() ? string.Join(Path.PathSeparator, Directory.GetLogicalDrives()) : "/";
}
