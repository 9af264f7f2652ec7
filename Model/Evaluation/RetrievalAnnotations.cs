using System.Text.Json;

namespace MplugCluster.Model.Evaluation;

/// <summary>
/// Pictures and their captions, as the reference's evaluation reads them: a JSON list of <c>{"image": path, "caption": text or list}</c>.
/// Captions are numbered in file order over all pictures.
/// </summary>
public sealed class RetrievalAnnotations
{
    RetrievalAnnotations(string[] images, string[] captions, int[] imageOfCaption)
    {
        (Images, Captions, ImageOfCaption) = (images, captions, imageOfCaption);
        CaptionsOfImage = [.. Enumerable.Range(0, images.Length).Select(_ => new List<int>())];
        for (var caption = 0; caption < captions.Length; caption++)
            ((List<int>)CaptionsOfImage[imageOfCaption[caption]]).Add(caption);
    }

    /// <summary>Picture paths, relative to the data set's root.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>All captions.</summary>
    public IReadOnlyList<string> Captions { get; }

    /// <summary>The picture of each caption.</summary>
    public IReadOnlyList<int> ImageOfCaption { get; }

    /// <summary>The captions of each picture.</summary>
    public IReadOnlyList<IReadOnlyList<int>> CaptionsOfImage { get; }

    /// <summary>A set of pictures with their captions.</summary>
    public static RetrievalAnnotations Of(IEnumerable<(string Image, IReadOnlyList<string> Captions)> pictures)
    {
        var all = pictures.ToList();
        return new RetrievalAnnotations(
            [.. all.Select(picture => picture.Image)],
            [.. all.SelectMany(picture => picture.Captions)],
            [.. all.SelectMany((picture, number) => picture.Captions.Select(_ => number))]);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not in that form; the message names file and entry.</exception>
    public static RetrievalAnnotations Load(string path) => Parse(path, File.ReadAllBytes(path));

    /// <summary>Reads a file's content.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="InvalidDataException">It is not in that form; the message names file and entry.</exception>
    public static RetrievalAnnotations Parse(string path, byte[] content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
                throw new InvalidDataException($"'{path}' is not a JSON list of pictures and captions.");
            var (images, captions, owners) = (new List<string>(), new List<string>(), new List<int>());
            foreach (var entry in json.RootElement.EnumerateArray())
            {
                foreach (var caption in ReadCaptions(path, images.Count, entry))
                {
                    captions.Add(caption);
                    owners.Add(images.Count);
                }

                images.Add(entry.GetProperty("image").GetString()!);
            }

            return images.Count > 0 && captions.Count > 0
                ? new RetrievalAnnotations([.. images], [.. captions], [.. owners])
                : throw new InvalidDataException($"'{path}' has {images.Count} pictures and {captions.Count} captions; both are needed.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {e.Message}", e);
        }
    }

    static IEnumerable<string> ReadCaptions(string path, int number, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("image", out var image) || image.ValueKind != JsonValueKind.String)
            throw new InvalidDataException($"'{path}', entry {number}: 'image' must be a path.");
        if (!entry.TryGetProperty("caption", out var caption))
            throw new InvalidDataException($"'{path}', entry {number} ({image}): 'caption' is missing.");
        JsonElement[] texts = caption.ValueKind == JsonValueKind.Array ? [.. caption.EnumerateArray()] : [caption];
        return texts.All(text => text.ValueKind == JsonValueKind.String)
            ? texts.Select(text => text.GetString()!)
            : throw new InvalidDataException($"'{path}', entry {number} ({image}): 'caption' must be a text or a list of texts.");
    }
}
