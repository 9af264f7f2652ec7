using System.CommandLine;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cli.CommandLine;

/// <summary>The flag of verbs that compute in this process, on one device.</summary>
static class DeviceFlag
{
    /// <summary>The flag, with what runs there.</summary>
    public static Option<string> Of(string description) => new("--device")
    {
        Description = $"cpu, or cuda:0 for the first GPU: {description}",
        DefaultValueFactory = _ => "cpu",
        HelpName = "name",
    };

    /// <summary>The device.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static DeviceName Read(ParseResult parsed, Option<string> flag)
    {
        try
        {
            return DeviceName.Parse(parsed.GetRequiredValue(flag));
        }
        catch (FormatException e)
        {
            throw new UsageException($"--device: {e.Message}");
        }
    }
}
