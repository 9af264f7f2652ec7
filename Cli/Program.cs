using MplugCluster.Cli.CommandLine;

return await MplugCommand.Run(args, Console.Out, Console.Error);
