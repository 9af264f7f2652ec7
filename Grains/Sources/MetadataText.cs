using System.Text.Json;
using System.Text.Json.Nodes;

namespace MplugCluster.Grains.Sources;

/// <summary>Metadata of an item as one line of JSON.</summary>
static class MetadataText
{
    /// <summary>What is said of metadata that cannot be one.</summary>
    public const string Fault = "its metadata has half of a surrogate pair ('\\ud800' without its other half), which is no text.";

    /// <summary>The line; null if a text in it is none, which only shows when it is written.</summary>
    public static string? Of(JsonElement metadata) => Of(() => JsonSerializer.Serialize(metadata));

    /// <summary>The line; null if a text in it is none.</summary>
    public static string? Of(JsonObject metadata) => Of(() => metadata.ToJsonString());

    static string? Of(Func<string> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
