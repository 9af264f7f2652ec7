using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>A segment file in place: rows and columns are looked up in the mapped file, and items made only when they are asked for.</summary>
public sealed class MappedSegment
{
    /// <summary>What an Arrow file has before the stream of its messages.</summary>
    static ReadOnlySpan<byte> Magic => "ARROW1\0\0"u8;

    readonly MappedFile? mapped;
    readonly StringArray ids, kinds, pictureSources, paths, versions, hashes, texts, sources, metadata, origins;
    readonly Int64Array offsets, lengths;
    readonly ReadOnlyMemory<byte> embeddings;
    readonly Lazy<ContentIndex> contents;
    QuantizedRows? quantized;

    MappedSegment(string file, ReadOnlyMemory<byte> content, MappedFile? mapped)
    {
        (File, this.mapped) = (file, mapped);
        if (!content.Span.StartsWith(Magic))
            throw new InvalidDataException("it is not an Arrow file");
        var reader = new ArrowStreamReader(content[Magic.Length..]);
        var batch = reader.ReadNextRecordBatch() ?? throw new InvalidDataException("it has no rows");
        var format = reader.Schema.Metadata?.GetValueOrDefault(SegmentColumns.FormatKey) ?? "1";
        if (format != SegmentColumns.Format)
            throw new InvalidDataException($"it has format {format}, this version reads {SegmentColumns.Format}; make the corpus again");
        Rows = batch.Length;
        ids = Strings(SegmentColumns.Id);
        kinds = Strings(SegmentColumns.Kind);
        pictureSources = Strings(SegmentColumns.PictureSource);
        paths = Strings(SegmentColumns.Path);
        versions = Strings(SegmentColumns.Version);
        hashes = Strings(SegmentColumns.ContentHash);
        texts = Strings(SegmentColumns.Text);
        sources = Strings(SegmentColumns.Source);
        metadata = Strings(SegmentColumns.Metadata);
        origins = Strings(SegmentColumns.Origin);
        offsets = Column<Int64Array>(SegmentColumns.Offset);
        lengths = Column<Int64Array>(SegmentColumns.Length);
        var list = Column<FixedSizeListArray>(SegmentColumns.Embedding);
        Width = ((Apache.Arrow.Types.FixedSizeListType)list.Data.DataType).ListSize;
        embeddings = ((FloatArray)list.Values).ValueBuffer.Memory;
        if (Width < 1 || embeddings.Length < (long)Rows * Width * sizeof(float))
            throw new InvalidDataException($"its embeddings have {embeddings.Length} bytes, {Rows} rows of {Width} numbers need more");
        EmbeddingOffset = OffsetWithin(content.Span, embeddings.Span);
        contents = new(() => ContentIndex.Of(this));

        StringArray Strings(string name) => Column<StringArray>(name);
        T Column<T>(string name) where T : class, IArrowArray => reader.Schema.GetFieldIndex(name) is var at && at >= 0 && batch.Column(at) is T column
            ? column
            : throw new InvalidDataException($"it has no column '{name}' of the right type");
    }

    /// <summary>Its object in the store.</summary>
    public string File { get; }

    /// <summary>Items in it.</summary>
    public int Rows { get; }

    /// <summary>Numbers of an embedding.</summary>
    public int Width { get; }

    /// <summary>Bytes of all embeddings, as float32.</summary>
    public long EmbeddingBytes => (long)Rows * Width * sizeof(float);

    /// <summary>Unit vectors <c>[rows, width]</c>; valid while somebody holds the segment.</summary>
    public ReadOnlySpan<float> Embeddings => MemoryMarshal.Cast<byte, float>(embeddings.Span)[..(Rows * Width)];

    /// <summary>Where the embeddings begin in the file.</summary>
    internal long EmbeddingOffset { get; }

    /// <summary>Rows by content hash.</summary>
    internal ContentIndex Contents => contents.Value;

    /// <summary>Maps a segment file.</summary>
    /// <param name="file">Its object in the store, for messages.</param>
    /// <param name="path">The file on this machine.</param>
    /// <param name="forget">Whether the file is a copy that nobody else needs.</param>
    /// <exception cref="StoreException">The file is damaged.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static MappedSegment Open(string file, string path, bool forget = false) => Guard(file, () =>
    {
        var mapped = new MappedFile(path, forget);
        return new MappedSegment(file, mapped.Memory, mapped);
    });

    /// <summary>A segment whose file is in memory.</summary>
    /// <exception cref="StoreException">The file is damaged.</exception>
    public static MappedSegment Parse(string file, ReadOnlyMemory<byte> content) => Guard(file, () => new MappedSegment(file, content, null));

    /// <summary>The id of a row, as UTF-8.</summary>
    public ReadOnlySpan<byte> Id(int row) => ids.GetBytes(row);

    /// <summary>What a row is.</summary>
    public ItemKind Kind(int row) => kinds.GetBytes(row).SequenceEqual("picture"u8) ? ItemKind.Picture : ItemKind.Text;

    /// <summary>A row's metadata, a JSON object as UTF-8; empty where it has none.</summary>
    public ReadOnlySpan<byte> Metadata(int row) => metadata.GetBytes(row);

    /// <summary>A row's content hash, lower-case hex; empty where it has none.</summary>
    public ReadOnlySpan<byte> ContentHash(int row) => hashes.GetBytes(row);

    /// <summary>A row as an item.</summary>
    public CorpusItem Item(int row)
    {
        var kind = Kind(row);
        return new CorpusItem(
            ids.GetString(row),
            kind,
            kind == ItemKind.Picture
                ? new PictureReference(
                    paths.GetString(row), hashes.GetString(row), offsets.GetValue(row) ?? 0, lengths.GetValue(row) ?? -1, pictureSources.GetString(row) ?? "", versions.GetString(row))
                : null,
            texts.GetString(row),
            sources.GetString(row),
            metadata.GetString(row),
            origins.GetString(row));
    }

    /// <summary>The row of an id, or the complement of the row that would follow it.</summary>
    public int Find(ReadOnlySpan<byte> id)
    {
        int from = 0, to = Rows - 1;
        while (from <= to)
        {
            var middle = (from + to) >>> 1;
            var order = Utf8Order.Compare(Id(middle), id);
            if (order == 0)
                return middle;
            if (order < 0)
                from = middle + 1;
            else
                to = middle - 1;
        }

        return ~from;
    }

    /// <summary>The row of an id, or the complement of the row that would follow it.</summary>
    public int Find(string id) => Find(Encoding.UTF8.GetBytes(id));

    /// <summary>Reads embeddings from the file rather than from its mapping, whose pages would become this process's memory.</summary>
    /// <param name="row">First row.</param>
    /// <param name="into">Whole rows.</param>
    /// <exception cref="StoreException">The file ends too early.</exception>
    internal void ReadEmbeddings(int row, Span<byte> into)
    {
        var start = (long)row * Width * sizeof(float);
        if (mapped is null)
        {
            embeddings.Span.Slice((int)start, into.Length).CopyTo(into);
            return;
        }

        for (var done = 0; done < into.Length;)
        {
            var read = RandomAccess.Read(mapped.Handle, into[done..], EmbeddingOffset + start + done);
            done += read > 0 ? read : throw new StoreException($"The segment '{File}' is damaged: it has become shorter.");
        }
    }

    /// <summary>The 8-bit copy of the embeddings, made once for all who need it.</summary>
    /// <exception cref="EmbeddingsTooLargeException">The budget does not have the memory.</exception>
    internal QuantizedRows Quantized(EmbeddingBudget budget)
    {
        lock (contents)
            return quantized ??= QuantizedRows.Of(this, budget);
    }

    static long OffsetWithin(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part) =>
        whole.Overlaps(part, out var offset) ? offset : throw new InvalidDataException("its embeddings are compressed or empty");

    static MappedSegment Guard(string file, Func<MappedSegment> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException))
        {
            throw new StoreException($"The segment '{file}' is damaged: {e.Message}", e);
        }
    }
}
