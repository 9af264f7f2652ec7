using System.Text;
using System.Text.Json;

namespace MplugCluster.Model.Annotations;

/// <summary>
/// Annotations as JSON: the reference's list of <c>{"image", "caption", "image_id"}</c>
/// (of our own: <c>group</c>), JSON lines of the same, and Karpathy's split files
/// <c>{"images": [{"filename", "filepath", "split", "sentences": [{"raw"}]}]}</c>.
/// </summary>
/// <remarks>Source: AliceMind mPLUG dataset/caption_dataset.py re_train_dataset, re_eval_dataset; Karpathy and Fei-Fei 2015, dataset_flickr30k.json.</remarks>
static class JsonAnnotations
{
    /// <summary>Reads a list, or Karpathy's object.</summary>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="content">Its content.</param>
    /// <param name="splits">Splits that are taken of Karpathy's file.</param>
    public static IReadOnlyList<AnnotationEntry> Read(string path, byte[] content, string[] splits)
    {
        using var json = Parse(path, WithoutMark(content), "");
        var root = json.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("images", out var images) && images.ValueKind == JsonValueKind.Array)
            return KarpathysSplits(path, images, splits);
        return root.ValueKind == JsonValueKind.Array
            ? [.. root.EnumerateArray().Select((entry, number) => Entry(path, entry, $"entry {number}"))]
            : throw new InvalidDataException($"'{path}' is neither a JSON list of pictures with captions nor a Karpathy split file.");
    }

    /// <summary>The splits of Karpathy's object, with how many pictures each has; none of a list.</summary>
    public static SortedDictionary<string, int> Splits(string path, byte[] content)
    {
        var splits = new SortedDictionary<string, int>(StringComparer.Ordinal);
        using var json = Parse(path, WithoutMark(content), "");
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("images", out var images) || images.ValueKind != JsonValueKind.Array)
            return splits;
        foreach (var image in images.EnumerateArray())
        {
            if (Text(image, "split") is { } split)
                splits[split] = splits.GetValueOrDefault(split) + 1;
        }

        return splits;
    }

    /// <summary>Reads JSON lines.</summary>
    public static IReadOnlyList<AnnotationEntry> ReadLines(string path, byte[] content)
    {
        var entries = new List<AnnotationEntry>();
        using var lines = new StreamReader(new MemoryStream(content));
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            using var json = Parse(path, Encoding.UTF8.GetBytes(line), $", line {number}");
            entries.Add(Entry(path, json.RootElement, $"line {number}"));
        }

        return entries;
    }

    static AnnotationEntry Entry(string path, JsonElement entry, string place)
    {
        var image = Text(entry, "image") ?? throw new InvalidDataException($"'{path}', {place}: 'image' must be a path.");
        var id = entry.TryGetProperty("image_id", out var named) ? named.ToString() : null;
        var group = entry.TryGetProperty("group", out var alike) && alike.ValueKind != JsonValueKind.Null ? alike.ToString() : null;
        if (!entry.TryGetProperty("caption", out var caption) && !entry.TryGetProperty("text", out caption))
            throw new InvalidDataException($"'{path}', {place} ({image}): 'caption' is missing.");
        JsonElement[] captions = caption.ValueKind == JsonValueKind.Array ? [.. caption.EnumerateArray()] : [caption];
        return captions.All(text => text.ValueKind == JsonValueKind.String)
            ? new AnnotationEntry(image, [.. captions.Select(text => text.GetString()!)], id, group, place)
            : throw new InvalidDataException($"'{path}', {place} ({image}): 'caption' must be a text or a list of texts.");
    }

    static List<AnnotationEntry> KarpathysSplits(string path, JsonElement images, string[] splits)
    {
        var (entries, others) = (new List<AnnotationEntry>(), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var (number, image) in images.EnumerateArray().Index())
        {
            var place = $"image {number}";
            var name = Text(image, "filename") ?? throw new InvalidDataException($"'{path}', {place}: 'filename' must be a path.");
            if (Text(image, "split") is { } split && !splits.Contains(split))
                others.Add(split);
            else
                entries.Add(new AnnotationEntry(Path.Combine(Text(image, "filepath") ?? "", name), Sentences(path, image, $"{place} ({name})"), null, null, place));
        }

        return entries.Count > 0 || others.Count == 0
            ? entries
            : throw new InvalidDataException($"'{path}' has no picture of the split '{string.Join("' or '", splits)}'; it has the splits {string.Join(", ", others)}.");
    }

    static string[] Sentences(string path, JsonElement image, string place)
    {
        if (!image.TryGetProperty("sentences", out var sentences) || sentences.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"'{path}', {place}: 'sentences' must be a list.");
        return [.. sentences.EnumerateArray().Select(sentence =>
            Text(sentence, "raw") ?? throw new InvalidDataException($"'{path}', {place}: a sentence has no 'raw' text."))];
    }

    static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Some editors begin a file with a byte order mark, which is none of JSON.</summary>
    static ReadOnlyMemory<byte> WithoutMark(byte[] content) =>
        content.AsMemory(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);

    static JsonDocument Parse(string path, ReadOnlyMemory<byte> content, string place)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException e)
        {
            // The parser's own numbers begin with 0 and stand at its message's end; of one line of many they say nothing.
            var reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            var where = place.Length > 0 ? "" : $" (line {e.LineNumber + 1})";
            throw new InvalidDataException($"'{path}'{place} is not valid JSON: {reason}{where}.", e);
        }
    }
}
