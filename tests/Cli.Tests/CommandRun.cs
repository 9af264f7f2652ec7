using System.Text.Json;
using MplugCluster.Cli.CommandLine;

namespace MplugCluster.Cli.Tests;

/// <summary>One run of the command, in this process.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">What went to stdout.</param>
/// <param name="Error">What went to stderr.</param>
sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>Standard output as the one JSON document it must be.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static async Task<CommandRun> Of(params string[] args) => await Of(args, default);

    public static async Task<CommandRun> Of(string[] args, CancellationToken cancellation)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await MplugCommand.Run(args, output, error, cancellation);
        return new CommandRun(code, $"{output}", $"{error}");
    }
}
