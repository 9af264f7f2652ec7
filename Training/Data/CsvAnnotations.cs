using nietras.SeparatedValues;

namespace MplugCluster.Training.Data;

/// <summary>Annotations as ModelScope's data sets have them: CSV with the columns <c>image:FILE</c> and <c>answer:Value</c>.</summary>
/// <remarks>Source: modelscope/modelscope docs of MsDataset (column types after the colon).</remarks>
static class CsvAnnotations
{
    static readonly string[] ImageColumns = ["image:FILE", "image"];
    static readonly string[] CaptionColumns = ["answer:Value", "answer", "caption", "text"];

    /// <summary>Reads a file.</summary>
    public static IEnumerable<AnnotationEntry> Read(string path)
    {
        using var reader = Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = false }).FromFile(path);
        var image = Column(path, reader.Header, ImageColumns);
        var caption = Column(path, reader.Header, CaptionColumns);
        var entries = new List<AnnotationEntry>();
        foreach (var row in reader)
            entries.Add(new AnnotationEntry(row[image].ToString(), row[caption].ToString(), null, $"line {row.LineNumberFrom}"));
        return entries;
    }

    static int Column(string path, SepReaderHeader header, string[] names)
    {
        foreach (var name in names)
        {
            if (header.TryIndexOf(name, out var index))
                return index;
        }

        throw new TrainingDataException($"'{path}' has no column {string.Join(" or ", names)}; it has {string.Join(", ", header.ColNames)}.");
    }
}
