using System.Text;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora;

/// <summary>A corpus at one version, its segments mapped. Every id stands in one live row at most, whatever the order of the segments.</summary>
sealed class CorpusSnapshot(CorpusManifest manifest, string etag, IReadOnlyList<MappedSegment> segments)
{
    public CorpusManifest Manifest => manifest;

    /// <summary>Of the manifest's object.</summary>
    public string ETag => etag;

    public IReadOnlyList<MappedSegment> Segments => segments;

    /// <summary>Where the manifest says that the segments are.</summary>
    public static async Task<CorpusSnapshot> Open(
        SegmentCache cache, string name, CorpusManifest manifest, string etag, CancellationToken cancellation)
    {
        var segments = await Task.WhenAll(manifest.Segments.Select(entry => cache.Open(name, entry.File, cancellation)));
        return new CorpusSnapshot(manifest, etag, segments);
    }

    /// <summary>The live row of an id, if there is one.</summary>
    public Place? Find(string id) => Find(Encoding.UTF8.GetBytes(id));

    /// <inheritdoc cref="Find(string)"/>
    public Place? Find(ReadOnlySpan<byte> id)
    {
        for (var number = segments.Count - 1; number >= 0; number--)
        {
            var row = segments[number].Find(id);
            if (row >= 0 && !manifest.Segments[number].Deleted.Contains(row))
                return new Place(number, row);
        }

        return null;
    }

    /// <summary>The live rows whose picture has this content.</summary>
    public IEnumerable<Place> FindContent(string contentHash)
    {
        for (var number = 0; number < segments.Count; number++)
        {
            foreach (var row in segments[number].Contents.Find(segments[number], contentHash))
            {
                if (!manifest.Segments[number].Deleted.Contains(row))
                    yield return new Place(number, row);
            }
        }
    }

    public CorpusItem Item(Place place) => segments[place.Segment].Item(place.Row);

    /// <summary>The live items behind an id, in ordinal order.</summary>
    public IEnumerable<CorpusItem> After(string? id) => PlacesAfter(id).Select(Item);

    /// <summary>Their embedding, copied to bytes that have its length.</summary>
    public void ReadEmbedding(Place place, Span<byte> into) => segments[place.Segment].ReadEmbeddings(place.Row, into);

    /// <summary>The live rows behind an id, in ordinal order.</summary>
    public IEnumerable<Place> PlacesAfter(string? id)
    {
        var heads = new PriorityQueue<Place, Place>(Comparer<Place>.Create((a, b) =>
            Utf8Order.Compare(segments[a.Segment].Id(a.Row), segments[b.Segment].Id(b.Row))));
        for (var number = 0; number < segments.Count; number++)
        {
            var found = id is null ? -1 : segments[number].Find(id);
            Push(new Place(number, found >= 0 ? found + 1 : id is null ? 0 : ~found));
        }

        while (heads.TryDequeue(out var next, out _))
        {
            if (!manifest.Segments[next.Segment].Deleted.Contains(next.Row))
                yield return next;
            Push(next with { Row = next.Row + 1 });
        }

        void Push(Place place)
        {
            if (place.Row < segments[place.Segment].Rows)
                heads.Enqueue(place, place);
        }
    }

    /// <summary>A row.</summary>
    /// <param name="Segment">Number of its segment in the manifest.</param>
    /// <param name="Row">Row of the segment.</param>
    public readonly record struct Place(int Segment, int Row);
}
