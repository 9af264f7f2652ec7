using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Cache;

/// <summary><c>mplug cache --server</c>: what another cluster keeps only to save time. Its server asks for an admin key.</summary>
static class ServerCache
{
    /// <summary>Whether the command line means a server.</summary>
    /// <exception cref="UsageException">Flags contradict each other.</exception>
    public static bool IsMeant(ParseResult parsed)
    {
        if (parsed.GetValue(CommonFlags.Server) is not null)
            return true;
        return parsed.GetValue(CommonFlags.Token) is null ? false : throw new UsageException("--token belongs to --server.");
    }

    /// <summary>Shows sizes and limits.</summary>
    public static async Task<int> Show(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var found = await terminal.Wait("Listing the store", () => cluster.Client.Cache(cancellation));
        if (terminal.Json)
        {
            terminal.WriteJson(new { server = cluster.Client.Address, found.Features, found.Memory });
            return ExitCodes.Ok;
        }

        var table = new CacheTable();
        table.Add("image features", "store of the server", found.Features.Files, found.Features.Bytes, found.Features.MaxBytes);
        foreach (var (model, bytes) in found.Features.ByModel)
            table.Add("", $"model {model}", null, bytes, null);
        table.Add("features in memory", "all silos", null, found.Memory.Bytes, found.Memory.MaxBytes);
        table.WriteTo(terminal);
        return ExitCodes.Ok;
    }

    /// <summary>Deletes features from the server's store.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="models">Whether imported models were asked for too; a server has none.</param>
    /// <param name="terminal">Where to tell of it.</param>
    /// <param name="cancellation">Stops it; what is gone is gone.</param>
    public static async Task<int> Clear(ParseResult parsed, bool models, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (models)
            throw new UsageException("--models deletes models that were imported on this machine; leave --server out for that.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var cleared = await terminal.Wait("Deleting features", () => cluster.Client.ClearCache(new CacheClearing(Features: true), cancellation));
        if (terminal.Json)
            terminal.WriteJson(cleared);
        else
            terminal.Note($"{Counted.Of(cleared.FeaturesDeleted, "image feature")} deleted, {CacheTable.Size(cleared.BytesFreed)} freed.");
        return ExitCodes.Ok;
    }
}
