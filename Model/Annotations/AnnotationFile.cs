namespace MplugCluster.Model.Annotations;

/// <summary>
/// Pictures with captions, for training and for evaluation alike, in the forms that data sets come in: the reference's JSON, Karpathy's split files,
/// JSON lines, or MsDataset's CSV.
/// </summary>
static class AnnotationFile
{
    /// <summary>Reads a file; its name's ending says which form it has.</summary>
    /// <param name="path">The file.</param>
    /// <param name="splits">Splits that are taken of Karpathy's file; the other forms have none.</param>
    /// <exception cref="InvalidDataException">It has another form; the message names file and line or entry.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<AnnotationEntry> Read(string path, params string[] splits) =>
        Parse(path, Path.GetExtension(path).TrimStart('.').ToLowerInvariant(), File.ReadAllBytes(path), splits);

    /// <summary>Reads a file's content.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="format"><c>json</c>, <c>jsonl</c> or <c>csv</c>.</param>
    /// <param name="content">The content, in UTF-8.</param>
    /// <param name="splits">Splits that are taken of Karpathy's file.</param>
    /// <exception cref="InvalidDataException">It has another form; the message names file and line or entry.</exception>
    public static IReadOnlyList<AnnotationEntry> Parse(string path, string format, byte[] content, params string[] splits) => format switch
    {
        "json" => JsonAnnotations.Read(path, content, splits),
        "jsonl" => JsonAnnotations.ReadLines(path, content),
        "csv" => CsvAnnotations.Read(path, content),
        _ => throw new InvalidDataException($"'{path}': annotations are .json, .jsonl or .csv, not '.{format}'."),
    };
}
