using System.CommandLine;
using Microsoft.Extensions.Logging;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Embedded;

namespace MplugCluster.Cli.Connection;

/// <summary>The cluster that a verb works with: the one at <c>--server</c>, or an embedded one.</summary>
sealed class ClusterConnection : IAsyncDisposable
{
    readonly EmbeddedCluster? embedded;

    ClusterConnection(MplugClient client, EmbeddedCluster? embedded) => (Client, this.embedded) = (client, embedded);

    /// <summary>The way in.</summary>
    public MplugClient Client { get; }

    /// <summary>Whether the cluster stays when this command ends, and with it its jobs go on.</summary>
    public bool Stays => embedded is null or { IsAttached: true };

    /// <summary>Connects as the flags say.</summary>
    /// <exception cref="UsageException">Flags contradict each other.</exception>
    public static async Task<ClusterConnection> Open(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (server, model) = (parsed.GetValue(CommonFlags.Server), parsed.GetValue(CommonFlags.Model));
        if (server is null)
            return await OpenEmbedded(parsed, model, terminal, cancellation);
        if (model is not null || parsed.GetValue(CommonFlags.Store) is not null)
            throw new UsageException("--server has a model and a store of its own; leave --model and --store out.");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"'{server}' is no address; write --server http://host:port.");
        var token = parsed.GetValue(CommonFlags.Token) ?? Environment.GetEnvironmentVariable("Mplug__Gateway__Token") ?? "";
        return new ClusterConnection(new MplugClient(address, token), null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (embedded is not null)
            await embedded.DisposeAsync();
        else
            Client.Dispose();
    }

    static async Task<ClusterConnection> OpenEmbedded(ParseResult parsed, string? model, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(CommonFlags.Token) is not null)
            throw new UsageException("--token belongs to --server.");
        var options = UserSettings.Read(parsed);
        UserSettings.ThrowIfUnwritable(options.Store);
        options = options with
        {
            Model = await ModelLocator.Find(model, terminal),
            Sources = options.OwnSources(),
            Cluster = options.Cluster with { SiloName = "embedded", Primary = "", SiloPort = 0 },
        };
        var level = parsed.GetValue(CommonFlags.Verbose) ? LogLevel.Information : LogLevel.Error;
        var embedded = await EmbeddedCluster.Open(options, level, cancellation);
        if (embedded.IsAttached)
            terminal.Note($"Using the cluster that already has the store '{options.Store}'.");
        else
            PackageRemarks.Say(options, terminal);
        return new ClusterConnection(embedded.Client, embedded);
    }
}
