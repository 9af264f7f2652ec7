using System.Security.Cryptography;
using System.Text;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Models;

/// <summary>Which model package <c>--model</c> means. A checkpoint directory is imported once, into a cache.</summary>
static class ModelLocator
{
    /// <summary>The package's directory.</summary>
    /// <param name="model">As given; null for the default.</param>
    /// <param name="terminal">Told when something is imported.</param>
    /// <exception cref="UsageException">There is nothing of that name.</exception>
    public static async Task<string> Find(string? model, CommandTerminal terminal)
    {
        var chosen = model ?? Environment.GetEnvironmentVariable("Mplug__Model");
        if (string.IsNullOrEmpty(chosen))
            return Path.Combine(AppContext.BaseDirectory, "models", "scenes");
        InputPath.Model(chosen, $"There is no model '{chosen}'; --model takes a model package or a checkpoint directory.");
        return ModelPackage.IsPackage(chosen) ? chosen : await Import(chosen, terminal);
    }

    static async Task<string> Import(string checkpoint, CommandTerminal terminal)
    {
        var package = Path.Combine(PackageCache.Root, Key(checkpoint));
        if (ModelPackage.IsPackage(package))
        {
            PackageCache.Use(package);
            return package;
        }

        Directory.CreateDirectory(PackageCache.Root);
        terminal.Note($"Importing '{checkpoint}' once into {package}");
        await terminal.Progress("Importing", 1000, report => Task.Run(() =>
            PackageBuilder.Import(checkpoint, package, progress: new Reported(bytes => report(1000 * bytes.Done / Math.Max(1, bytes.Total))))));
        foreach (var old in PackageCache.Trim(package))
            terminal.Note($"Deleted from the cache of models: {old.Path} ({old.Source})");
        return package;
    }

    /// <summary>Another content or place is another package: every file's name, size and time count.</summary>
    static string Key(string checkpoint)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint));
        var directory = File.Exists(full) ? Path.GetDirectoryName(full)! : full;
        var files = new DirectoryInfo(directory).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => $"{file.Name}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
        var text = string.Join('\n', files.Prepend(full).Prepend($"format {PackageManifest.CurrentFormat}.{PackageManifest.CurrentNumerics}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }

    sealed class Reported(Action<(long Done, long Total)> report) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => report(value);
    }
}
