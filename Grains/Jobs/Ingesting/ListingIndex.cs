using System.IO.Hashing;
using System.Runtime.InteropServices;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>Where each id stands in an ingest's listing. Hashes of ids, because there may be millions.</summary>
sealed class ListingIndex
{
    /// <summary>Place of an id that the listing only has as rejected.</summary>
    public const int Rejected = -1;

    readonly Dictionary<UInt128, int> places = [];

    /// <summary>Why nobody can tell from this listing what is missing in the source; null if it is whole.</summary>
    public ItemError? Gap { get; private set; }

    /// <summary>Reads a job's listing.</summary>
    public static async Task<ListingIndex> Read(PartScope scope, CancellationToken cancellation)
    {
        var index = new ListingIndex();
        for (var block = 0; block < scope.Input!.Blocks; block++)
        {
            foreach (var (number, item) in (await scope.ReadInput<IngestItem>(block, cancellation)).Index())
                index.Take(item, block * scope.Plan.ItemsPerBlock + number);
        }

        if (index.places.Values.All(place => place == Rejected))
        {
            index.Gap ??= new ItemError(
                "not_removed", "the source lists no item at all, as a folder does that is not mounted. Check the source; an empty one's items can be removed by their ids.");
        }

        return index;
    }

    /// <summary>The place of an id in the listing, <see cref="Rejected"/>, or null if it is not listed.</summary>
    public int? PlaceOf(string id) => places.TryGetValue(Key(id), out var place) ? place : null;

    void Take(IngestItem item, int place)
    {
        if (item.Error is null || item.IsListed)
            places[Key(item.Id)] = place;
        else
            places.TryAdd(Key(item.Id), Rejected);
        if (item.HidesMore)
            Gap ??= new ItemError("not_removed", $"what is in '{item.Id}' is not known. {item.Error!.Reason} Mend that and ingest again.");
    }

    static UInt128 Key(string id) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(id.AsSpan()));
}
