using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;

namespace MplugCluster.Cli.Cache;

/// <summary><c>mplug cache</c>: what is kept only to save time, and how to be rid of it.</summary>
static class CacheVerb
{
    static readonly Option<bool> Features = new("--features") { Description = "Delete the image features in the store; they are computed again when needed." };

    static readonly Option<bool> Models = new("--models") { Description = "Delete the imported models; they are imported again when needed." };

    public static Command Create() => new Command("cache", "Show or clear what is kept only to save time")
    {
        new Command("show", "Sizes and limits of the caches") { CommonFlags.Store, CommonFlags.Server, CommonFlags.Token }
            .Example("mplug cache show --store ~/pictures-store", "mplug cache show --server http://10.0.0.6:8080 --token $ADMIN").Does(Show),
        new Command("clear", "Delete caches; corpora, jobs and pictures stay")
        {
            Features, Models, CommonFlags.Store, CommonFlags.Server, CommonFlags.Token,
        }.Example("mplug cache clear --features").Does(Clear),
        CommonFlags.Store,
        CommonFlags.Server,
        CommonFlags.Token,
    }.Example("mplug cache", "mplug cache clear --features --models").Does(Show);

    static async Task<int> Show(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        if (ServerCache.IsMeant(parsed))
            return await ServerCache.Show(parsed, terminal, cancellation);
        var options = UserSettings.Read(parsed);
        var features = await StoredFeatures.Measure(options, cancellation);
        var models = PackageCache.List();
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                store = options.Store,
                features = new { files = features.Files, bytes = features.Bytes, max_bytes = options.Cache.StoreBytes, by_model = features.ByModel },
                models = new
                {
                    folder = PackageCache.Root,
                    bytes = models.Sum(model => model.Bytes),
                    max_bytes = PackageCache.MaxBytes,
                    packages = models.Select(model => new { path = model.Path, source = model.Source, bytes = model.Bytes, used = model.Used }),
                },
                memory = new { max_bytes = options.Cache.MemoryBytes },
            });
            return ExitCodes.Ok;
        }

        var table = new CacheTable();
        table.Add("image features", options.Store, features.Files, features.Bytes, options.Cache.StoreBytes);
        foreach (var (model, bytes) in features.ByModel)
            table.Add("", $"model {model}", null, bytes, null);
        table.Add("imported models", PackageCache.Root, models.Count, models.Sum(model => model.Bytes), PackageCache.MaxBytes);
        foreach (var model in models)
            table.Add("", $"{Path.GetFileName(model.Path)} ({model.Source})", null, model.Bytes, null);
        table.Add("features in memory", "each silo that runs", null, null, options.Cache.MemoryBytes);
        table.WriteTo(terminal);
        terminal.Note("Mplug__Cache__StoreBytes and Mplug__Cache__MemoryBytes set the limits of features; 'mplug cache clear' deletes.");
        return ExitCodes.Ok;
    }

    static async Task<int> Clear(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (features, models) = (parsed.GetValue(Features), parsed.GetValue(Models));
        if (!features && !models)
            throw new UsageException("cache clear needs --features, --models or both: what to delete.");
        if (ServerCache.IsMeant(parsed))
            return await ServerCache.Clear(parsed, models, terminal, cancellation);
        var (files, bytes, packages) = (0L, 0L, 0);
        if (features)
        {
            var options = UserSettings.Read(parsed);
            StoredFeatures.ThrowIfNoStore(options);
            var there = await StoredFeatures.Measure(options, cancellation);
            await terminal.Progress("Deleting features", there.Files, async bar =>
                (files, bytes) = await StoredFeatures.Delete(options, bar, cancellation));
        }

        foreach (var package in models ? PackageCache.List() : [])
        {
            Directory.Delete(package.Path, recursive: true);
            (packages, bytes) = (packages + 1, bytes + package.Bytes);
        }

        if (terminal.Json)
            terminal.WriteJson(new { features_deleted = files, models_deleted = packages, bytes_freed = bytes });
        else
            terminal.Note($"{Counted.Of(files, "image feature")} and {Counted.Of(packages, "imported model")} deleted, {CacheTable.Size(bytes)} freed.");
        return ExitCodes.Ok;
    }
}
