using System.Text.Json.Nodes;

namespace MplugCluster.Grains.Sources;

/// <summary>One line of a manifest, in whatever format.</summary>
/// <param name="Place">Which: a line's or row's number, from 1.</param>
/// <param name="Id">Column <c>id</c>.</param>
/// <param name="Path">Column <c>path</c>: a picture below the base address.</param>
/// <param name="Blob">Column <c>blob</c>: SHA-256 of an uploaded picture.</param>
/// <param name="Caption">Column <c>caption</c>.</param>
/// <param name="Text">Column <c>text</c>: the item is a text.</param>
/// <param name="Metadata">All other columns as a JSON object; null if there are none.</param>
/// <param name="Fault">Why the line cannot be read; then there is nothing else.</param>
sealed record ManifestRow(
    string Place,
    string? Id = null,
    string? Path = null,
    string? Blob = null,
    string? Caption = null,
    string? Text = null,
    string? Metadata = null,
    string? Fault = null)
{
    /// <summary>Columns that mean something; they are found in any case.</summary>
    static readonly string[] Known = ["id", "path", "blob", "caption", "text"];

    /// <summary>Names of which a manifest with columns needs one.</summary>
    public static bool HasItems(IEnumerable<string> columns) => columns.Any(column => Known.Except(["id", "caption"]).Contains(column, StringComparer.OrdinalIgnoreCase));

    /// <summary>A line that cannot be read.</summary>
    public static ManifestRow Broken(string place, string fault) => new(place, Fault: fault);

    /// <summary>A line from its members; takes them out of the object.</summary>
    public static ManifestRow Of(string place, JsonObject members)
    {
        var known = new string?[Known.Length];
        foreach (var (name, value) in members.ToList())
        {
            var column = Array.FindIndex(Known, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (column < 0)
                continue;
            members.Remove(name);
            if (value is JsonObject or JsonArray)
                return Broken(place, $"'{name}' is not a text.");
            known[column] = value?.ToString() is { Length: > 0 } text ? text : null;
        }

        var metadata = members.Count == 0 ? null : MetadataText.Of(members);
        return members.Count > 0 && metadata is null
            ? Broken(place, MetadataText.Fault)
            : new ManifestRow(place, known[0], known[1], known[2], known[3], known[4], metadata);
    }
}
