using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>
/// Finds the items of a block whose content another item has. The first in the order of the listing wins; but an item that is in the corpus and
/// stays there as it is has its content already. See <see cref="OwnerSearch"/> for who stays.
/// </summary>
sealed class DuplicateSearch(OwnerSearch owners)
{
    public async Task<IngestVerdict[]> Judge(PartScope scope, IngestVerdict[] verdicts, CancellationToken cancellation)
    {
        var staying = await owners.Find(scope, verdicts, cancellation);
        var chosen = new Dictionary<string, string>(StringComparer.Ordinal);
        return [.. verdicts.Select(verdict => verdict.Item?.Picture is { } picture ? Judge(verdict, picture, staying, chosen) : verdict)];
    }

    static IngestVerdict Judge(IngestVerdict verdict, PictureReference picture, ILookup<string, ContentOwner> staying, Dictionary<string, string> chosen)
    {
        var hash = picture.ContentHash;
        if (!chosen.TryGetValue(hash, out var owner))
            chosen[hash] = owner = Choose(verdict.Id, [.. staying[hash]]);
        return owner == verdict.Id ? verdict : new IngestVerdict(
            verdict.Id, "duplicate", null, owner, new ItemError("duplicate_content", $"It has the same content as '{owner}'."));
    }

    /// <summary>Who was listed earlier, else the item itself if it has had the content before, else who has it otherwise.</summary>
    static string Choose(string id, ContentOwner[] owners) =>
        owners.FirstOrDefault(owner => owner.IsEarlier)?.Id
        ?? (owners.Any(owner => owner.Id == id) ? id : owners.FirstOrDefault()?.Id ?? id);
}
