using Microsoft.Extensions.Configuration;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Infra;

/// <summary>Settings as the environment names them, seen with the options' own eyes.</summary>
static class Settings
{
    /// <summary>Whether an option of this name (<c>Mplug__Cluster__Redis</c>) exists.</summary>
    public static bool Exists(string name)
    {
        var parts = name.Split("__")[1..];
        if (!HasAzure && parts[0] == "Azure")
            return true;
        var type = parts[0] == GatewayOptions.Section ? typeof(GatewayOptions) : typeof(MplugOptions);
        foreach (var part in parts[0] == GatewayOptions.Section ? parts[1..] : parts)
        {
            if (type.GetProperty(part) is not { CanWrite: true } property)
                return false;
            type = property.PropertyType;
        }

        return type == typeof(string) || type.IsValueType;
    }

    /// <summary>What the programs would complain about, but for the model, which no test has at that place.</summary>
    public static IEnumerable<string> Faults(IEnumerable<KeyValuePair<string, string>> environment)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":"), (string?)pair.Value)))
            .AddInMemoryCollection([KeyValuePair.Create("Mplug:Model", (string?)Repository.Scenes)])
            .Build().GetSection(MplugOptions.Section);
        return MplugOptionsValidator.Validate(OptionsReader.Read<MplugOptions>(section, HasAzure ? [GatewayOptions.Section] : [GatewayOptions.Section, "Azure"]))
            .Concat(GatewayOptionsValidator.Validate(OptionsReader.Read<GatewayOptions>(section.GetSection(GatewayOptions.Section))))
            .Select(fault => $"{fault}");
    }

    /// <summary>A build without the Azure store has no options for it.</summary>
    static bool HasAzure => typeof(MplugOptions).GetProperty("Azure") is not null;
}
