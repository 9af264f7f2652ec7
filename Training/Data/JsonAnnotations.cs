using System.Text.Json;

namespace MplugCluster.Training.Data;

/// <summary>
/// Annotations as JSON: the reference's list of <c>{"image", "caption", "image_id"}</c>, JSON lines of the same, and Karpathy's split files
/// <c>{"images": [{"filename", "filepath", "split", "sentences": [{"raw"}]}]}</c>.
/// </summary>
/// <remarks>Source: AliceMind mPLUG dataset/caption_dataset.py re_train_dataset; Karpathy and Fei-Fei 2015, dataset_flickr30k.json.</remarks>
static class JsonAnnotations
{
    /// <summary>Reads a list, or Karpathy's object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="splits">Splits that are taken of Karpathy's file.</param>
    public static IEnumerable<AnnotationEntry> Read(string path, IReadOnlySet<string> splits)
    {
        using var json = Parse(path, File.ReadAllBytes(path), "");
        var root = json.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("images", out var images) && images.ValueKind == JsonValueKind.Array)
            return [.. images.EnumerateArray().SelectMany((image, number) => Karpathy(path, image, $"image {number}", splits))];
        return root.ValueKind == JsonValueKind.Array
            ? [.. root.EnumerateArray().SelectMany((entry, number) => Entries(path, entry, $"entry {number}"))]
            : throw new TrainingDataException($"'{path}' is neither a JSON list of pictures with captions nor a Karpathy split file.");
    }

    /// <summary>Reads JSON lines.</summary>
    public static IEnumerable<AnnotationEntry> ReadLines(string path)
    {
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            using var json = Parse(path, System.Text.Encoding.UTF8.GetBytes(line), $", line {number + 1}");
            foreach (var entry in Entries(path, json.RootElement, $"line {number + 1}").ToList())
                yield return entry;
        }
    }

    static IEnumerable<AnnotationEntry> Entries(string path, JsonElement entry, string place)
    {
        var image = Text(entry, "image") ?? throw new TrainingDataException($"'{path}', {place}: 'image' must be a path.");
        var id = entry.TryGetProperty("image_id", out var named) ? named.ToString() : null;
        if (!entry.TryGetProperty("caption", out var caption) && !entry.TryGetProperty("text", out caption))
            throw new TrainingDataException($"'{path}', {place} ({image}): 'caption' is missing.");
        JsonElement[] captions = caption.ValueKind == JsonValueKind.Array ? [.. caption.EnumerateArray()] : [caption];
        return captions.All(text => text.ValueKind == JsonValueKind.String)
            ? captions.Select(text => new AnnotationEntry(image, text.GetString()!, id, place))
            : throw new TrainingDataException($"'{path}', {place} ({image}): 'caption' must be a text or a list of texts.");
    }

    static IEnumerable<AnnotationEntry> Karpathy(string path, JsonElement image, string place, IReadOnlySet<string> splits)
    {
        var name = Text(image, "filename") ?? throw new TrainingDataException($"'{path}', {place}: 'filename' must be a path.");
        if (Text(image, "split") is { } split && !splits.Contains(split))
            return [];
        if (!image.TryGetProperty("sentences", out var sentences) || sentences.ValueKind != JsonValueKind.Array)
            throw new TrainingDataException($"'{path}', {place} ({name}): 'sentences' must be a list.");
        var picture = Path.Combine(Text(image, "filepath") ?? "", name);
        return sentences.EnumerateArray().Select(sentence => new AnnotationEntry(
            picture, Text(sentence, "raw") ?? throw new TrainingDataException($"'{path}', {place} ({name}): a sentence has no 'raw' text."), null, place));
    }

    static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static JsonDocument Parse(string path, byte[] content, string place)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException e)
        {
            throw new TrainingDataException($"'{path}'{place} is not valid JSON: {e.Message}");
        }
    }
}
