using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cli.Models;

/// <summary>Says once, on stderr, what a user should know of a package on the devices of a cluster of his own; a silo's log has it too.</summary>
static class PackageRemarks
{
    /// <summary>Says it, if there is anything.</summary>
    public static void Say(MplugOptions options, CommandTerminal terminal)
    {
        if (options.Device.Names.Contains("cpu") && ModelPackage.Open(options.Model, checkContent: false).RemarkOn(DeviceName.Cpu) is { } remark)
            terminal.Note(remark);
    }
}
