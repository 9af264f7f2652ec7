using System.CommandLine;

namespace MplugCluster.Cli.CommandLine;

/// <summary>Flags that several verbs share, with one meaning each.</summary>
static class CommonFlags
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write one JSON document to stdout; everything else goes to stderr.",
        Recursive = true,
    };

    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Show the embedded cluster's log.", Recursive = true };

    public static readonly Option<bool> Strict = new("--strict") { Description = "Exit with 1 if any item failed, even when others succeeded." };

    public static readonly Option<string?> Model = new("--model")
    {
        Description = "Model package, or checkpoint directory (imported once into a cache). Default: the small model that comes with mplug.",
        HelpName = "dir",
    };

    public static readonly Option<string?> Store = new("--store")
    {
        Description = "The embedded cluster's store, a directory or azure:container. Default: Mplug__Store, else mplug in the user's data directory.",
        HelpName = "dir",
    };

    public static readonly Option<string?> Server = new("--server")
    {
        Description = "Use the cluster at this address instead of an embedded one.",
        HelpName = "url",
    };

    public static readonly Option<string?> Token = new("--token")
    {
        Description = "Token of --server. Default: Mplug__Gateway__Token.",
        HelpName = "token",
    };

    public static readonly Option<string?> Convention = Named();

    public static readonly Option<double> MaxHours = new("--max-hours")
    {
        Description = "A job that is estimated to take longer is not started without --yes.",
        DefaultValueFactory = _ => 24,
        HelpName = "hours",
    };

    public static readonly Option<bool> Yes = new("--yes") { Description = "Start the job even if it is estimated to take longer than --max-hours." };

    /// <summary>Adds what every verb needs that talks to a cluster and prepares texts or pictures.</summary>
    public static Command WithCluster(this Command command)
    {
        command.WithConnection().Add(Convention);
        return command;
    }

    /// <summary>Adds what every verb needs that talks to a cluster.</summary>
    public static Command WithConnection(this Command command)
    {
        foreach (Option option in new Option[] { Model, Store, Server, Token })
            command.Add(option);
        return command;
    }

    static Option<string?> Named()
    {
        var option = new Option<string?>("--convention")
        {
            Description = "ms25: as ModelScope's pipeline prepares texts and pictures; am30: as AliceMind's evaluation does. Default: the package's.",
        };
        option.AcceptOnlyFromAmong("ms25", "am30");
        return option;
    }
}
