using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora.Maintenance;

/// <summary>The live rows of some segments as one segment, and where each of them went.</summary>
sealed class SegmentMerge
{
    readonly Dictionary<string, (Tombstones Deleted, Dictionary<int, int> NewRows)> sources;

    SegmentMerge(ReadOnlyMemory<byte>? content, Dictionary<string, (Tombstones, Dictionary<int, int>)> sources) =>
        (Content, this.sources) = (content, sources);

    /// <summary>The merged segment's file; null when no row is left.</summary>
    public ReadOnlyMemory<byte>? Content { get; }

    /// <summary>Merges segments of a corpus.</summary>
    public static SegmentMerge Of(CorpusSnapshot corpus, IReadOnlyList<SegmentEntry> chosen)
    {
        var files = chosen.Select(entry => entry.File).ToHashSet(StringComparer.Ordinal);
        var rows = new List<CorpusSnapshot.Place>();
        var sources = new Dictionary<string, (Tombstones Deleted, Dictionary<int, int> NewRows)>(StringComparer.Ordinal);
        for (var number = 0; number < corpus.Segments.Count; number++)
        {
            var entry = corpus.Manifest.Segments[number];
            if (!files.Contains(entry.File))
                continue;
            sources[entry.File] = (entry.Deleted, new Dictionary<int, int>(entry.Live));
            rows.AddRange(Enumerable.Range(0, entry.Rows).Where(row => !entry.Deleted.Contains(row)).Select(row => new CorpusSnapshot.Place(number, row)));
        }

        if (rows.Count == 0)
            return new SegmentMerge(null, sources);
        rows.Sort((a, b) => Utf8Order.Compare(corpus.Segments[a.Segment].Id(a.Row), corpus.Segments[b.Segment].Id(b.Row)));
        var rowBytes = corpus.Segments[rows[0].Segment].Width * sizeof(float);
        var (items, embeddings) = (new CorpusItem[rows.Count], new byte[(long)rows.Count * rowBytes]);
        for (var i = 0; i < items.Length; i++)
        {
            var (number, row) = rows[i];
            items[i] = corpus.Item(rows[i]);
            corpus.Segments[number].ReadEmbeddings(row, embeddings.AsSpan(i * rowBytes, rowBytes));
            sources[corpus.Manifest.Segments[number].File].NewRows[row] = i;
        }

        return new SegmentMerge(SegmentFile.InOrder(items, embeddings), sources);
    }

    /// <summary>
    /// The manifest with the merged segment in the place of the first of its sources, and what was deleted meanwhile deleted in it too; null when
    /// a source is not there any more, because somebody else has merged it.
    /// </summary>
    /// <param name="now">The corpus as it has become.</param>
    /// <param name="merged">The merged segment; null when no row was left.</param>
    public CorpusManifest? After(CorpusSnapshot now, MappedSegment? merged)
    {
        var entries = now.Manifest.Segments;
        if (entries.Count(entry => sources.ContainsKey(entry.File)) != sources.Count)
            return null;
        var gone = entries.Where(entry => sources.ContainsKey(entry.File))
            .SelectMany(entry => entry.Deleted.Rows.Where(row => !sources[entry.File].Deleted.Contains(row)).Select(row => sources[entry.File].NewRows[row]))
            .ToArray();
        var first = entries.First(entry => sources.ContainsKey(entry.File));
        var next = new List<SegmentEntry>();
        foreach (var entry in entries)
        {
            if (entry == first && merged is not null)
                next.Add(Reduced(merged, gone));
            if (!sources.ContainsKey(entry.File))
                next.Add(entry);
        }

        return now.Manifest with { Version = now.Manifest.Version + 1, Segments = next };
    }

    static SegmentEntry Reduced(MappedSegment merged, int[] gone)
    {
        var whole = LedgerChange.EntryOf(merged);
        return whole with
        {
            Deleted = whole.Deleted.With(gone),
            Pictures = whole.Pictures - gone.Count(row => merged.Kind(row) == ItemKind.Picture),
        };
    }
}
