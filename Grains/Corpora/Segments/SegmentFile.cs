using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>
/// Segments as uncompressed Arrow IPC files, which pandas and DuckDB read as they are. Rows stand in ordinal order of their ids, and the
/// embeddings begin on a boundary of 64 bytes, so that a mapped file can be searched in place.
/// </summary>
public static class SegmentFile
{
    const int Boundary = 64;

    /// <summary>A segment as a file's bytes.</summary>
    /// <exception cref="ArgumentException">There are no rows, or two have the same id.</exception>
    public static ReadOnlyMemory<byte> ToBytes(Segment segment)
    {
        if (segment.Items.Count == 0)
            throw new ArgumentException("A segment needs rows.");
        var width = segment.Embeddings.Length / segment.Items.Count;
        var order = Enumerable.Range(0, segment.Items.Count).ToArray();
        System.Array.Sort(order, (a, b) => string.CompareOrdinal(segment.Items[a].Id, segment.Items[b].Id));
        for (var i = 1; i < order.Length; i++)
        {
            if (segment.Items[order[i - 1]].Id == segment.Items[order[i]].Id)
                throw new ArgumentException($"Two rows have the id '{segment.Items[order[i]].Id}'; keep one of them.");
        }

        var embeddings = new byte[segment.Embeddings.Length * sizeof(float)];
        var bytes = MemoryMarshal.AsBytes(segment.Embeddings.AsSpan());
        var rowBytes = width * sizeof(float);
        for (var i = 0; i < order.Length; i++)
            bytes.Slice(order[i] * rowBytes, rowBytes).CopyTo(embeddings.AsSpan(i * rowBytes));
        return InOrder([.. order.Select(row => segment.Items[row])], embeddings);
    }

    /// <summary>Rows that stand in ordinal order of their ids already, and their embeddings' bytes.</summary>
    internal static ReadOnlyMemory<byte> InOrder(CorpusItem[] items, byte[] embeddings)
    {
        var rowBytes = embeddings.Length / items.Length;
        for (var padding = 0; ; padding += sizeof(long))
        {
            // The position depends on the header alone, so one row tells it.
            using var probe = Write(items[..1], embeddings.AsMemory(0, rowBytes), padding);
            if (MappedSegment.Parse("", probe.GetBuffer().AsMemory(0, (int)probe.Length)).EmbeddingOffset % Boundary == 0)
            {
                using var written = Write(items, embeddings, padding);
                return written.GetBuffer().AsMemory(0, (int)written.Length);
            }
        }
    }

    /// <summary>Reads a segment as a whole.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="content">The file.</param>
    /// <exception cref="StoreException">The file is damaged.</exception>
    public static Segment Parse(string path, ReadOnlyMemory<byte> content)
    {
        var rows = MappedSegment.Parse(path, content);
        return new Segment([.. Enumerable.Range(0, rows.Rows).Select(rows.Item)], rows.Embeddings.ToArray());
    }

    static MemoryStream Write(CorpusItem[] items, ReadOnlyMemory<byte> embeddings, int padding)
    {
        var width = embeddings.Length / sizeof(float) / items.Length;
        var list = new FixedSizeListType(new Field("item", FloatType.Default, nullable: false), width);
        var values = new FloatArray(new ArrowBuffer(embeddings), ArrowBuffer.Empty, width * items.Length, 0, 0);
        (string Name, IArrowArray Values)[] columns =
        [
            (SegmentColumns.Id, Strings(items, item => item.Id)),
            (SegmentColumns.Kind, Strings(items, item => item.Kind == ItemKind.Picture ? SegmentColumns.Picture : SegmentColumns.TextKind)),
            (SegmentColumns.PictureSource, Strings(items, item => item.Picture?.Source)),
            (SegmentColumns.Path, Strings(items, item => item.Picture?.Path)),
            (SegmentColumns.Version, Strings(items, item => item.Picture?.Version)),
            (SegmentColumns.Offset, Numbers(items, item => item.Picture?.Offset)),
            (SegmentColumns.Length, Numbers(items, item => item.Picture?.Length)),
            (SegmentColumns.ContentHash, Strings(items, item => item.Picture?.ContentHash)),
            (SegmentColumns.Text, Strings(items, item => item.Text)),
            (SegmentColumns.Source, Strings(items, item => item.Source)),
            (SegmentColumns.Metadata, Strings(items, item => item.Metadata)),
            (SegmentColumns.Origin, Strings(items, item => item.Origin)),
            (SegmentColumns.Embedding, new FixedSizeListArray(list, items.Length, values, ArrowBuffer.Empty, 0, 0)),
        ];
        var schema = new Schema(
            [.. columns.Select(column => new Field(column.Name, column.Values.Data.DataType, nullable: true))],
            new Dictionary<string, string> { [SegmentColumns.FormatKey] = SegmentColumns.Format, [SegmentColumns.PaddingKey] = new('.', padding) });
        using var batch = new RecordBatch(schema, columns.Select(column => column.Values), items.Length);
        var size = columns.Sum(column => Size(column.Values.Data));
        var stream = new MemoryStream(checked((int)(size + 16_384)));
        using var writer = new ArrowFileWriter(stream, schema, leaveOpen: true);
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
        return stream;
    }

    static long Size(ArrayData data) =>
        data.Buffers.Sum(buffer => (long)buffer.Length + Boundary) + (data.Children?.Sum(Size) ?? 0);

    static StringArray Strings(CorpusItem[] items, Func<CorpusItem, string?> value)
    {
        var builder = new StringArray.Builder();
        foreach (var item in items)
            _ = value(item) is { } text ? builder.Append(text) : builder.AppendNull();
        return builder.Build();
    }

    static Int64Array Numbers(CorpusItem[] items, Func<CorpusItem, long?> value)
    {
        var builder = new Int64Array.Builder();
        foreach (var item in items)
            _ = value(item) is { } number ? builder.Append(number) : builder.AppendNull();
        return builder.Build();
    }
}
