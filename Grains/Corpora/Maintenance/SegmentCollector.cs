using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Corpora.Maintenance;

/// <summary>Deletes segment files that nobody needs: neither a corpus, which may have adopted them from another one, nor a pinned manifest.</summary>
static class SegmentCollector
{
    /// <summary>Deletes what left a corpus, and what never became part of it, before a moment.</summary>
    /// <returns>Segments of which no file is left.</returns>
    public static async Task<IReadOnlyList<string>> Collect(
        IObjectStore store, string corpus, CorpusManifest manifest, DateTimeOffset before, CancellationToken cancellation)
    {
        var retired = (manifest.Retired ?? []).ToDictionary(segment => segment.File, segment => segment.At, StringComparer.Ordinal);
        var candidates = retired.Where(segment => segment.Value <= before).Select(segment => segment.Key).ToHashSet(StringComparer.Ordinal);
        await foreach (var file in store.List(CorpusManifest.SegmentsOf(corpus), cancellation))
        {
            if (file.LastModified <= before && !retired.ContainsKey(file.Path))
                candidates.Add(file.Path);
        }

        return await DeleteUnused(store, candidates, cancellation);
    }

    /// <summary>
    /// Deletes a corpus by its name, also one whose files cannot be read: first the manifest, which makes it gone, then its segments as far as
    /// nobody else needs them.
    /// </summary>
    public static async Task Drop(IObjectStore store, string name, CancellationToken cancellation)
    {
        var own = await SegmentReferences.Of(store, CorpusManifest.PathOf(name), cancellation, retired: true);
        await store.Delete(CorpusManifest.PathOf(name), cancellation);
        var candidates = own.ToHashSet(StringComparer.Ordinal);
        await foreach (var left in store.List(CorpusManifest.FolderOf(name), cancellation))
            candidates.Add(left.Path);
        await DeleteUnused(store, candidates, cancellation);
    }

    /// <summary>
    /// Lets go of a pinned manifest. If its corpus is gone meanwhile, nobody else looks after the segments that only the pin had kept.
    /// </summary>
    public static async Task Unpin(IObjectStore store, string name, string pin, CancellationToken cancellation)
    {
        var own = await SegmentReferences.Of(store, pin, cancellation);
        await store.Delete(pin, cancellation);

        // Also when the pin was gone already: who deleted it may have got no further. The files first, then whether the corpus is there: of one that is being made under the name nothing is listed yet.
        var candidates = own.ToHashSet(StringComparer.Ordinal);
        await foreach (var left in store.List(CorpusManifest.SegmentsOf(name), cancellation))
            candidates.Add(left.Path);
        if (await store.Head(CorpusManifest.PathOf(name), cancellation) is null)
            await DeleteUnused(store, candidates, cancellation);
    }

    static async Task<IReadOnlyList<string>> DeleteUnused(IObjectStore store, HashSet<string> candidates, CancellationToken cancellation)
    {
        if (candidates.Count == 0)
            return [];
        candidates.ExceptWith(await SegmentReferences.All(store, cancellation));
        foreach (var file in candidates)
            await store.Delete(file, cancellation);
        return [.. candidates];
    }
}
