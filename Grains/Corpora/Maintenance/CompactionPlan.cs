namespace MplugCluster.Grains.Corpora.Maintenance;

/// <summary>
/// Which segments to merge next. Segments of about the same size are merged when there are eight of them, so that a row is copied a few times
/// at most while a corpus grows; one of which a quarter is deleted is written anew; one that is deleted as a whole is dropped.
/// </summary>
static class CompactionPlan
{
    /// <summary>Rows of a merged segment: merging holds them in memory.</summary>
    const int MostRows = 65_536;

    const int Fan = 8;
    const int DeletedShare = 4;

    /// <summary>The segments to make one of; empty if all is well.</summary>
    public static IReadOnlyList<SegmentEntry> Of(CorpusManifest manifest, int itemsPerShard)
    {
        var most = Math.Min(MostRows, itemsPerShard);
        var worn = manifest.Segments.Where(entry => entry.Deleted.Count * DeletedShare >= entry.Rows).OrderBy(entry => entry.Live).ToArray();
        if (worn.Length > 0)
            return UpTo(worn, most);
        var crowded = manifest.Segments.Where(entry => 2 * entry.Live <= most).GroupBy(Tier)
            .Where(tier => tier.Count() >= Fan).MinBy(tier => tier.Key);
        return crowded is null ? [] : UpTo(crowded, most) is { Count: > 1 } several ? several : [];
    }

    /// <summary>Segments of one tier differ by less than eightfold.</summary>
    static int Tier(SegmentEntry entry) => (int)Math.Log(Math.Max(1, entry.Live), Fan);

    static List<SegmentEntry> UpTo(IEnumerable<SegmentEntry> entries, int most)
    {
        var (chosen, rows) = (new List<SegmentEntry>(), 0L);
        foreach (var entry in entries)
        {
            rows += entry.Live;
            if (chosen.Count > 0 && rows > most)
                break;
            chosen.Add(entry);
        }

        return chosen;
    }
}
