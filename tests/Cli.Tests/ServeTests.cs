using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Tests;

public sealed class ServeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Serve_UntilInterrupted_AnswersWithItsKeyAndEndsCleanly()
    {
        using var interrupt = new CancellationTokenSource();
        var (output, error) = (new FirstWords(), new StringWriter());
        var running = MplugCommand.Run(
            ["serve", "--store", folder.File("store"), "--url", "http://127.0.0.1:0", "--json"], output, error, interrupt.Token);
        await Task.WhenAny(running, output.Said);
        Assert.False(running.IsCompleted, $"{error}");

        var said = JsonDocument.Parse(await output.Said).RootElement;
        using var client = new MplugClient(new Uri(said.GetProperty("url").GetString()!), said.GetProperty("key").GetString()!);
        Assert.Equal("mplug", (await client.Model()).Id);
        Assert.Equal(said.GetProperty("url").GetString() + "/", said.GetProperty("page").GetString());
        using var stranger = new MplugClient(new Uri(said.GetProperty("url").GetString()!), "wrong");
        Assert.Equal(401, (await Assert.ThrowsAsync<MplugApiException>(() => stranger.Model())).Problem.Status);

        // Another mplug on the store uses this cluster; a second server on it is refused.
        var neighbour = await CommandRun.Of("corpora", "--store", folder.File("store"));
        var second = await CommandRun.Of("serve", "--store", folder.File("store"), "--url", "http://127.0.0.1:0");
        Assert.Contains("Using the cluster that already has the store", neighbour.Error);
        Assert.Equal(1, second.Code);
        Assert.Contains($"Another cluster has the store '{folder.File("store")}'", second.Error);

        // Verbs that take --server work with it as with an own cluster.
        string[] server = ["--server", said.GetProperty("url").GetString()!, "--token", said.GetProperty("key").GetString()!];
        var picture = Directory.GetFiles(Repository.Pictures).Order().First();
        var explained = await CommandRun.Of(["explain", "--image", picture, "--text", "a star", "--json", .. server]);
        var embedded = await CommandRun.Of(["embed", picture, "--text", "a star", .. server]);
        var cached = await CommandRun.Of(["cache", "--json", .. server]);
        var cleared = await CommandRun.Of(["cache", "clear", "--features", "--json", .. server]);
        Assert.Equal((0, 1), (cached.Code, cached.Json.GetProperty("features").GetProperty("files").GetInt32()));
        Assert.Equal((0, 1), (cleared.Code, cleared.Json.GetProperty("features_deleted").GetInt32()));
        var refused = await CommandRun.Of(["embed", "--text", "a star", "--server", server[1], "--token", "wrong"]);
        Assert.Equal((0, 2), (explained.Code, explained.Json.GetProperty("tokens").GetArrayLength()));
        Assert.Equal((0, 2), (embedded.Code, embedded.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal((1, ""), (refused.Code, refused.Output));

        await interrupt.CancelAsync();

        Assert.Equal(0, await running);
        Assert.Contains("Stopped.", $"{error}");
        Assert.False(File.Exists(folder.File("store/.cluster/door.json")));
    }

    [Fact]
    public async Task Serve_PortInUse_SaysWhichAddress()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";

        var run = await CommandRun.Of("serve", "--store", folder.File("store"), "--url", url);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains($"Failed to bind to address {url}: address already in use.", run.Error);
    }

    [Theory]
    [InlineData("--url nowhere", "nowhere")]
    [InlineData("--devices tpu", "'tpu'")]
    [InlineData("--token ", "--token is empty: without a key everybody who reaches the server may do everything. Write a key, or leave --token out for a new one.")]
    [InlineData("--url http://0.0.0.0:1 --token short", "Gateway:Token")]
    [InlineData("--model /none", "There is no model '/none'; --model takes a model package or a checkpoint directory.")]
    public async Task Serve_WrongSetting_MessageAndCode2(string args, string message)
    {
        var run = await CommandRun.Of(["serve", "--store", folder.File("store"), .. args.Split(' ')]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task Serve_ForPeople_TellsToPutTheKeyInAVariableThatWorks()
    {
        using var interrupt = new CancellationTokenSource();
        var (output, error) = (new AllWords("Ctrl+C ends it."), new StringWriter());
        var running = MplugCommand.Run(["serve", "--store", folder.File("store"), "--url", "http://127.0.0.1:0"], output, error, interrupt.Token);
        await Task.WhenAny(running, output.Said);
        Assert.False(running.IsCompleted, $"{error}");
        var said = await output.Said;
        var found = await Neighbour(said);
        await interrupt.CancelAsync();
        await running;

        Assert.Matches(@"from another terminal, with the key in the variable Mplug__Gateway__Token: mplug corpora --server http://127\.0\.0\.1:\d+\s", said);
        Assert.DoesNotContain("--token", said);
        Assert.Equal((0, ""), (found.Code, found.Error));
    }

    /// <summary>Does what is said: the key goes into the variable.</summary>
    static async Task<CommandRun> Neighbour(string said)
    {
        var before = Environment.GetEnvironmentVariable("Mplug__Gateway__Token");
        Environment.SetEnvironmentVariable("Mplug__Gateway__Token", Regex.Match(said, @"key\s+([0-9a-f]{32})\s").Groups[1].Value);
        try
        {
            return await CommandRun.Of("corpora", "--json", "--server", Regex.Match(said, @"--server (\S+)").Groups[1].Value);
        }
        finally
        {
            Environment.SetEnvironmentVariable("Mplug__Gateway__Token", before);
        }
    }

    /// <summary>Keeps what is said until it has been said to the end.</summary>
    sealed class AllWords(string last) : StringWriter
    {
        readonly TaskCompletionSource<string> said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Said => said.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (ToString().Contains(last, StringComparison.Ordinal))
                said.TrySetResult(ToString());
        }
    }

    /// <summary>Tells when something is said, and what.</summary>
    sealed class FirstWords : StringWriter
    {
        readonly TaskCompletionSource<string> said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Said => said.Task;

        public override void WriteLine(string? value) => said.TrySetResult(value ?? "");
    }
}
