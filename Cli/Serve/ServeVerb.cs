using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Cli.Serve;

/// <summary><c>mplug serve</c>: a Gateway with devices on the store, in the foreground, until Ctrl+C.</summary>
static class ServeVerb
{
    static readonly Option<string?> Url = new("--url")
    {
        Description = "Address to listen on. Default: Mplug__Gateway__Url, else http://127.0.0.1:8080.",
        HelpName = "url",
    };

    static readonly Option<string?> Token = new("--token")
    {
        Description = "Key that clients must send. Default: Mplug__Gateway__Token, else a new one at every start.",
        HelpName = "key",
    };

    static readonly Option<string?> Devices = new("--devices")
    {
        Description = "Devices, separated by commas: cpu, cuda:0, cuda:1. Default: Mplug__Device__Devices, else cpu.",
        HelpName = "devices",
    };

    public static Command Create() => new Command("serve", "Serve the HTTP API and the web page, until Ctrl+C")
    {
        CommonFlags.Model, CommonFlags.Store, Url, Token, Devices,
    }.Example("mplug serve --store ~/pictures-store --url http://127.0.0.1:8080").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(Token) is { } given && string.IsNullOrWhiteSpace(given))
        {
            throw new UsageException(
                "--token is empty: without a key everybody who reaches the server may do everything. Write a key, or leave --token out for a new one.");
        }

        var gateway = UserSettings.ReadGateway();
        gateway = gateway with
        {
            Url = parsed.GetValue(Url) ?? gateway.Url,
            Token = parsed.GetValue(Token) ?? (gateway.Token.Length > 0 ? gateway.Token : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
        };
        var options = UserSettings.Read(parsed);
        UserSettings.ThrowIfUnwritable(options.Store);
        options = options with
        {
            Model = await ModelLocator.Find(parsed.GetValue(CommonFlags.Model), terminal),
            Cluster = options.Cluster.Redis.Length > 0 ? options.Cluster : options.Cluster with { SiloName = "serve", Primary = "", SiloPort = 0 },
            Device = options.Device with { Devices = parsed.GetValue(Devices) ?? options.Device.Devices },

            // Whoever has the key is the user; on an address for others he says himself what may be read.
            Sources = IsOwn(gateway.Url) ? options.OwnSources() : options.Sources,
        };
        var level = parsed.GetValue(CommonFlags.Verbose) ? LogLevel.Information : LogLevel.Error;
        cancellation.ThrowIfCancellationRequested();
        var host = GatewayHost.Build(options, gateway, level);
        PackageRemarks.Say(options, terminal);
        var lifetime = (IHostApplicationLifetime)host.Services.GetService(typeof(IHostApplicationLifetime))!;
        await using var stopping = cancellation.Register(lifetime.StopApplication);
        var code = await GatewayProcess.Run(host, url => Report(terminal, url.TrimEnd('/'), gateway.Token, options.Store));
        if (code == ExitCodes.Ok)
            terminal.Note("Stopped.");
        return code;
    }

    static bool IsOwn(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.IsLoopback;

    static void Report(CommandTerminal terminal, string url, string key, string store)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new { url, key, page = url + "/", store, process = Environment.ProcessId });
            return;
        }

        terminal.Line($"Serving the store {store}");
        terminal.Line($"  page  {url}/");
        terminal.Line($"  API   {url}/v1");
        terminal.Line($"  key   {key}");

        // Not --token: others on this machine can read command lines, and shells keep them.
        terminal.Line($"  from another terminal, with the key in the variable Mplug__Gateway__Token: mplug corpora --server {url}");
        terminal.Line("Ctrl+C ends it.");
    }
}
