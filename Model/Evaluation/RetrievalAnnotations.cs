using MplugCluster.Model.Annotations;

namespace MplugCluster.Model.Evaluation;

/// <summary>
/// Pictures and their captions to evaluate with. Pictures are numbered in the order in which they first come, captions in the order of their pictures.
/// </summary>
public sealed class RetrievalAnnotations
{
    /// <summary>The split of a Karpathy file that is evaluated where nobody asks for another.</summary>
    public const string TestSplit = "test";

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

    /// <summary>
    /// Reads a file: the reference's JSON, a Karpathy split file, JSON lines, or MsDataset's CSV, as its name ends in .json, .jsonl or .csv.
    /// Captions of one path are of one picture, wherever they stand.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="split">Split that is taken of a Karpathy file.</param>
    /// <exception cref="InvalidDataException">It is in no such form; the message names file and line or entry.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RetrievalAnnotations Load(string path, string split = TestSplit) => Of(path, AnnotationFile.Read(path, split));

    /// <summary>Reads a file's content.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="format"><c>json</c>, <c>jsonl</c> or <c>csv</c>.</param>
    /// <param name="content">The content.</param>
    /// <param name="split">Split that is taken of a Karpathy file.</param>
    /// <exception cref="InvalidDataException">It is in no such form; the message names file and line or entry.</exception>
    public static RetrievalAnnotations Parse(string path, string format, byte[] content, string split = TestSplit) =>
        Of(path, AnnotationFile.Parse(path, format, content, split));

    /// <summary>The splits of a Karpathy file, by name, with how many pictures each has; none of the other forms.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="format"><c>json</c>, <c>jsonl</c> or <c>csv</c>.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="InvalidDataException">It is not valid JSON; the message names file and line.</exception>
    public static IReadOnlyDictionary<string, int> Splits(string path, string format, byte[] content) =>
        format == "json" ? JsonAnnotations.Splits(path, content) : new SortedDictionary<string, int>();

    static RetrievalAnnotations Of(string path, IReadOnlyList<AnnotationEntry> entries)
    {
        var annotations = Of(entries.GroupBy(entry => entry.Image, StringComparer.Ordinal)
            .Select(picture => (picture.Key, (IReadOnlyList<string>)[.. picture.SelectMany(entry => entry.Captions)])));
        return annotations.Captions.Count > 0
            ? annotations
            : throw new InvalidDataException($"'{path}' has {annotations.Images.Count} pictures and no captions; both are needed.");
    }
}
