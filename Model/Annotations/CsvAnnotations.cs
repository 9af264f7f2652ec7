using nietras.SeparatedValues;

namespace MplugCluster.Model.Annotations;

/// <summary>Annotations as ModelScope's data sets have them: CSV with the columns <c>image:FILE</c> and <c>answer:Value</c>, a caption a line.</summary>
/// <remarks>Source: modelscope/modelscope docs of MsDataset (column types after the colon).</remarks>
static class CsvAnnotations
{
    static readonly string[] ImageColumns = ["image:FILE", "image"];
    static readonly string[] CaptionColumns = ["answer:Value", "answer", "caption", "text"];

    /// <summary>Reads a file's content.</summary>
    public static IReadOnlyList<AnnotationEntry> Read(string path, byte[] content)
    {
        try
        {
            using var text = new StreamReader(new MemoryStream(content));
            using var reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = false }).From(text);
            if (reader.Header.ColNames.Count == 0)
                throw new InvalidDataException("it is empty; a header line names its columns");
            var image = Column(reader.Header, ImageColumns);
            var caption = Column(reader.Header, CaptionColumns);
            var entries = new List<AnnotationEntry>();
            foreach (var row in reader)
            {
                var place = $"line {row.LineNumberFrom}";
                if (row[image].Span.IsWhiteSpace())
                    throw new InvalidDataException($"{place}: '{reader.Header.ColNames[image]}' must be a path");
                entries.Add(new AnnotationEntry(row[image].ToString(), [row[caption].ToString()], null, null, place));
            }

            return entries;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or NotSupportedException)
        {
            // The reader's own messages say the line, but not the file.
            throw new InvalidDataException($"'{path}' is not a CSV file of pictures and captions: {e.Message.TrimEnd('.')}.", e);
        }
    }

    static int Column(SepReaderHeader header, string[] names)
    {
        foreach (var name in names)
        {
            if (header.TryIndexOf(name, out var index))
                return index;
        }

        throw new InvalidDataException($"it has no column {string.Join(" or ", names)}; it has {string.Join(", ", header.ColNames)}");
    }
}
