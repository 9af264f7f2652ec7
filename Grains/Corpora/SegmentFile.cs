using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>Segments as uncompressed Arrow IPC files, which pandas and DuckDB read as they are.</summary>
public static class SegmentFile
{
    const string Id = "id";
    const string Kind = "kind";
    const string Path = "path";
    const string ContentHash = "content_hash";
    const string Offset = "offset";
    const string Length = "length";
    const string Text = "text";
    const string Source = "source";
    const string Embedding = "embedding";

    /// <summary>A segment as a file's bytes.</summary>
    public static byte[] ToBytes(Segment segment)
    {
        var items = segment.Items;
        var width = segment.Embeddings.Length / items.Count;
        var list = new FixedSizeListType(new Field("item", FloatType.Default, nullable: false), width);
        var values = new FloatArray.Builder().Append(segment.Embeddings.AsSpan()).Build();
        (string Name, IArrowArray Values)[] columns =
        [
            (Id, Strings(items.Select(item => item.Id))),
            (Kind, Strings(items.Select(item => item.Kind == ItemKind.Picture ? "picture" : "text"))),
            (Path, Strings(items.Select(item => item.Picture?.Path))),
            (ContentHash, Strings(items.Select(item => item.Picture?.ContentHash))),
            (Offset, Numbers(items.Select(item => item.Picture?.Offset))),
            (Length, Numbers(items.Select(item => item.Picture?.Length))),
            (Text, Strings(items.Select(item => item.Text))),
            (Source, Strings(items.Select(item => item.Source))),
            (Embedding, new FixedSizeListArray(list, items.Count, values, ArrowBuffer.Empty, 0, 0)),
        ];
        var schema = new Schema([.. columns.Select(column => new Field(column.Name, column.Values.Data.DataType, nullable: true))], null);
        using var batch = new RecordBatch(schema, columns.Select(column => column.Values), items.Count);
        using var stream = new MemoryStream();
        using (var writer = new ArrowFileWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.ToArray();
    }

    /// <summary>Reads a segment.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="content">The file.</param>
    /// <exception cref="StoreException">The file is damaged.</exception>
    public static Segment Parse(string path, byte[] content)
    {
        try
        {
            using var reader = new ArrowFileReader(new MemoryStream(content));
            using var batch = reader.ReadNextRecordBatch() ?? throw new InvalidDataException("it has no rows");
            var embeddings = (FloatArray)((FixedSizeListArray)batch.Column(Embedding)).Values;
            return new Segment([.. Enumerable.Range(0, batch.Length).Select(row => Item(batch, row))], embeddings.Values.ToArray());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new StoreException($"The segment '{path}' is damaged: {e.Message}", e);
        }
    }

    static CorpusItem Item(RecordBatch batch, int row)
    {
        var picture = StringAt(Kind) == "picture";
        return new CorpusItem(
            StringAt(Id)!,
            picture ? ItemKind.Picture : ItemKind.Text,
            picture ? new PictureReference(StringAt(Path)!, StringAt(ContentHash)!, NumberAt(Offset), NumberAt(Length)) : null,
            StringAt(Text),
            StringAt(Source));

        string? StringAt(string column) => ((StringArray)batch.Column(column)).GetString(row);
        long NumberAt(string column) => ((Int64Array)batch.Column(column)).GetValue(row)!.Value;
    }

    static StringArray Strings(IEnumerable<string?> values)
    {
        var builder = new StringArray.Builder();
        foreach (var value in values)
            _ = value is null ? builder.AppendNull() : builder.Append(value);
        return builder.Build();
    }

    static Int64Array Numbers(IEnumerable<long?> values)
    {
        var builder = new Int64Array.Builder();
        foreach (var value in values)
            _ = value is null ? builder.AppendNull() : builder.Append(value.Value);
        return builder.Build();
    }
}
