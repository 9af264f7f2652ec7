using System.Text;
using System.Text.Json;

namespace MplugCluster.Grains.Sources;

/// <summary>What stands beside a picture in a tar file: its caption and metadata.</summary>
sealed class TarSidecars
{
    const int MaxLength = 1 << 20;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly Dictionary<string, string> contents = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<TarMember> taken = new(ReferenceEqualityComparer.Instance);
    JsonElement? json;

    /// <summary>What makes the picture unusable with them; null if nothing does.</summary>
    public string? Fault { get; private set; }

    /// <summary>The caption: the .txt, else the .caption, else what the .json says.</summary>
    public string? Caption =>
        contents.GetValueOrDefault(".txt") ?? contents.GetValueOrDefault(".caption")
        ?? (json is { } metadata && metadata.TryGetProperty("caption", out var caption) && caption.ValueKind == JsonValueKind.String ? caption.GetString() : null);

    /// <summary>The .json, on one line.</summary>
    public string? Metadata => json is { } metadata ? MetadataText.Of(metadata) : null;

    /// <summary>Whether a member may be one.</summary>
    public static bool IsOne(string name) => Path.GetExtension(name).ToLowerInvariant() is ".txt" or ".caption" or ".json";

    /// <summary>Whether a member gave what is said here.</summary>
    public bool Uses(TarMember member) => taken.Contains(member);

    /// <summary>Reads one. The first of each kind counts, and a .caption only without a .txt.</summary>
    public async Task Take(TarMember member, SourceStream tar)
    {
        var kind = Path.GetExtension(member.Name);
        if (contents.ContainsKey(kind))
            return;
        taken.Add(member);
        if (member.Length > MaxLength)
        {
            Fault ??= $"its {kind} has {member.Length} bytes, at most {MaxLength} are allowed.";
            return;
        }

        try
        {
            contents[kind] = Strict.GetString(await tar.ReadAt(member.Offset, (int)member.Length)).TrimStart('\uFEFF').Trim();
            if (kind.Equals(".json", StringComparison.OrdinalIgnoreCase))
                json = Object(contents[kind]);
            if (json is { } metadata && MetadataText.Of(metadata) is null)
                Fault ??= MetadataText.Fault;
        }
        catch (DecoderFallbackException)
        {
            Fault ??= $"its {kind} is not UTF-8.";
        }
        catch (JsonException e)
        {
            Fault ??= $"its {kind} is not a JSON object: {e.Message}";
        }
    }

    static JsonElement Object(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new JsonException(document.RootElement.ValueKind == JsonValueKind.Array ? "found an array." : "found a single value.");
    }
}
