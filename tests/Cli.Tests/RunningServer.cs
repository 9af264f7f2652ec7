using System.Text.Json;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Tests;

/// <summary><c>mplug serve</c> on a store, in this process, until it is disposed.</summary>
sealed class RunningServer : IAsyncDisposable
{
    readonly CancellationTokenSource interrupt = new();
    readonly StringWriter error = new();
    readonly Task<int> running;
    readonly FirstWords output = new();

    RunningServer(string[] args) => running = MplugCommand.Run(["serve", "--url", "http://127.0.0.1:0", "--json", .. args], output, error, interrupt.Token);

    /// <summary>The flags with which other verbs find it.</summary>
    public string[] Flags { get; private set; } = [];

    public MplugClient Client { get; private set; } = null!;

    public static async Task<RunningServer> Start(params string[] args)
    {
        var server = new RunningServer(args);
        await Task.WhenAny(server.running, server.output.Said);
        Assert.False(server.running.IsCompleted, $"{server.error}");
        var said = JsonElement.Parse(await server.output.Said);
        var (url, key) = (said.GetProperty("url").GetString()!, said.GetProperty("key").GetString()!);
        (server.Flags, server.Client) = (["--server", url, "--token", key], new MplugClient(new Uri(url), key));
        return server;
    }

    public Task<CommandRun> Run(params string[] args) => CommandRun.Of([.. args, .. Flags]);

    public async ValueTask DisposeAsync()
    {
        await interrupt.CancelAsync();
        await running;
        Client.Dispose();
        interrupt.Dispose();
    }

    /// <summary>The line that says that it is up.</summary>
    sealed class FirstWords : StringWriter
    {
        readonly TaskCompletionSource<string> said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Said => said.Task;

        public override void WriteLine(string? value) => said.TrySetResult(value ?? "");
    }
}
