using System.Buffers.Binary;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>
/// The result of a part: a small header and sections, of which a later part reads those that it needs. That the file is there is the mark that
/// the part is done.
/// </summary>
/// <param name="Next">Parts of the next stage, where this part decides it; else -1.</param>
/// <param name="Items">Items that the part had.</param>
/// <param name="Failed">Items that failed.</param>
/// <param name="Offsets">Where each section begins, and where the last one ends.</param>
sealed record PartFile(int Next, int Items, int Failed, long[] Offsets)
{
    /// <summary>"MPP1", then next, items, failed and the number of sections.</summary>
    const int FixedBytes = 20;
    const uint Magic = 0x3150504D;

    /// <summary>Room for the offsets of a thousand sections: most headers come with one read.</summary>
    const int FirstRead = 8192;

    public int Sections => Offsets.Length - 1;

    /// <summary>A file's bytes.</summary>
    public static byte[] ToBytes(int next, int items, int failed, IReadOnlyList<byte[]> sections)
    {
        var header = FixedBytes + sizeof(long) * (sections.Count + 1);
        var file = new byte[header + sections.Sum(section => (long)section.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(file, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), next);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), items);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), failed);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), sections.Count);
        var at = header;
        for (var i = 0; i <= sections.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(FixedBytes + sizeof(long) * i), at);
            if (i == sections.Count)
                break;
            sections[i].CopyTo(file, at);
            at += sections[i].Length;
        }

        return file;
    }

    /// <summary>Reads a file's header; null if there is no such file.</summary>
    /// <exception cref="StoreException">It is not such a file.</exception>
    public static async Task<PartFile?> Read(IObjectStore store, string path, CancellationToken cancellation)
    {
        if (await store.ReadRange(path, 0, FirstRead, cancellation) is not { } start)
            return null;
        if (start.Length < FixedBytes || BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic)
            throw Damaged(path);
        var count = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(16)) + 1;
        var header = FixedBytes + sizeof(long) * count;
        if (header > start.Length)
            start = await store.ReadRange(path, 0, header, cancellation) ?? throw Damaged(path);
        if (header > start.Length)
            throw Damaged(path);
        return new PartFile(
            BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(4)),
            BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(8)),
            BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(12)),
            [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt64LittleEndian(start.AsSpan(FixedBytes + sizeof(long) * i)))]);
    }

    /// <summary>Reads one section.</summary>
    public Task<byte[]> Section(IObjectStore store, string path, int section, CancellationToken cancellation) =>
        Range(store, path, section, section + 1, cancellation);

    /// <summary>Reads sections that follow each other, in one piece.</summary>
    public async Task<byte[]> Range(IObjectStore store, string path, int first, int end, CancellationToken cancellation)
    {
        var length = Offsets[end] - Offsets[first];
        if (length == 0)
            return [];
        var content = await store.ReadRange(path, Offsets[first], length, cancellation);
        return content?.Length == length ? content : throw Damaged(path);
    }

    static StoreException Damaged(string path) => new($"The part '{path}' is damaged or gone.");
}
