using System.Globalization;
using MplugCluster.Cli.Terminal;
using Spectre.Console;

namespace MplugCluster.Cli.Cache;

/// <summary>Caches with their sizes, for people.</summary>
sealed class CacheTable
{
    readonly Table table = new Table().Border(TableBorder.Simple).AddColumn("cache").AddColumn("where").AddColumn(new TableColumn("files").RightAligned())
        .AddColumn(new TableColumn("size").RightAligned()).AddColumn(new TableColumn("limit").RightAligned());

    /// <summary>Adds a line; what is null stays empty.</summary>
    public void Add(string name, string where, long? files, long? bytes, long? limit) => table.AddRow(
        name,
        Markup.Escape(where),
        files?.ToString(CultureInfo.InvariantCulture) ?? "",
        bytes is { } size ? Size(size) : "",
        limit is { } most ? Size(most) : "");

    /// <summary>Shows it.</summary>
    public void WriteTo(CommandTerminal terminal) => terminal.Out.Write(table);

    /// <summary>Bytes for people.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}
