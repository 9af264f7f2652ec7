using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora;

/// <summary>Rows that come and ids that go, in one step; an added id that is there is replaced.</summary>
/// <param name="Added">The new segment; null if there is none.</param>
/// <param name="Removed">Ids to remove; unknown ones are passed over.</param>
sealed record LedgerChange(MappedSegment? Added, IReadOnlyCollection<string> Removed)
{
    /// <summary>The manifest after the change.</summary>
    /// <exception cref="StoreException">The new segment's embeddings have another width than the corpus's.</exception>
    public CorpusManifest After(CorpusSnapshot before)
    {
        if (Added is not null && before.Segments.FirstOrDefault(segment => segment.Width != Added.Width) is { } other)
        {
            throw new StoreException(
                $"The segment '{Added.File}' has embeddings of {Added.Width} numbers, the corpus has {other.Width}; both must come from one model.");
        }

        var kept = before.Manifest.Segments.Select(entry => entry).ToArray();
        foreach (var segment in Gone(before).GroupBy(place => place.Segment))
        {
            var rows = segment.Select(place => place.Row).Distinct().ToArray();
            var entry = kept[segment.Key];
            kept[segment.Key] = entry with
            {
                Deleted = entry.Deleted.With(rows),
                Pictures = entry.Pictures - rows.Count(row => before.Segments[segment.Key].Kind(row) == ItemKind.Picture),
            };
        }

        return before.Manifest with
        {
            Version = before.Manifest.Version + 1,
            Segments = Added is null ? kept : [.. kept, EntryOf(Added)],
        };
    }

    /// <summary>A whole segment as a manifest lists it.</summary>
    public static SegmentEntry EntryOf(MappedSegment segment) => new(
        segment.File, segment.Rows, Tombstones.None, Enumerable.Range(0, segment.Rows).Count(row => segment.Kind(row) == ItemKind.Picture));

    IEnumerable<CorpusSnapshot.Place> Gone(CorpusSnapshot before)
    {
        foreach (var id in Removed)
        {
            if (before.Find(id) is { } place)
                yield return place;
        }

        for (var row = 0; row < (Added?.Rows ?? 0); row++)
        {
            if (before.Find(Added!.Id(row)) is { } place)
                yield return place;
        }
    }
}
