using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Corpora;

/// <summary>Turns the items of an upsert into rows: finds what is new, has it encoded on the cluster's devices, and says what became of each.</summary>
public sealed class CorpusEncoder(DeviceCalls devices, SiloModel model)
{
    /// <summary>Prepares an upsert; nothing is written here.</summary>
    public async Task<CorpusChange> Encode(CorpusItem[] items, CorpusLedger ledger, Deadline deadline, CancellationToken cancellation)
    {
        TextConventions.TryParse(ledger.Manifest.Convention, out var convention);
        var outcomes = Judge(items, ledger);
        var fresh = Enumerable.Range(0, items.Length).Where(i => outcomes[i].Outcome is "added" or "replaced").ToArray();
        var pictures = fresh.Where(i => items[i].Kind == ItemKind.Picture).ToArray();
        var texts = fresh.Where(i => items[i].Kind == ItemKind.Text).ToArray();

        var encodedPictures = await devices.EncodePictures(
            model.Fingerprint, convention.AppliesOrientation(), [.. pictures.Select(i => items[i].Picture!)], deadline, cancellation);
        var encodedTexts = await devices.EncodeTexts(
            model.Fingerprint, [.. texts.Select(i => model.Tokenize(items[i].Text!, convention))], deadline, cancellation);
        var failed = new[] { encodedPictures.Reply, encodedTexts.Reply }.FirstOrDefault(reply => reply.Status != CallStatus.Ok);
        if (failed is not null)
            return new CorpusChange(failed, null, outcomes, encodedPictures.Tiers);

        var rows = new SortedDictionary<int, float[]>();
        Gather(items, outcomes, rows, pictures, encodedPictures);
        Gather(items, outcomes, rows, texts, encodedTexts);
        var added = rows.Count == 0 ? null : new Segment([.. rows.Keys.Select(i => items[i])], [.. rows.Values.SelectMany(row => row)]);
        return new CorpusChange(new DeviceReply(CallStatus.Ok), added, outcomes, encodedPictures.Tiers);
    }

    /// <summary>What each item is before anything is encoded: the first of two equal ids counts.</summary>
    static ItemOutcome[] Judge(CorpusItem[] items, CorpusLedger ledger)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. items.Select(item => new ItemOutcome(
            item.Id,
            !seen.Add(item.Id) ? "duplicate"
                : ledger.Find(item.Id) is not { } there ? "added"
                : there == item ? "unchanged"
                : "replaced"))];
    }

    static void Gather(CorpusItem[] items, ItemOutcome[] outcomes, SortedDictionary<int, float[]> rows, int[] chosen, EncodingResult encoded)
    {
        for (var i = 0; i < chosen.Length; i++)
        {
            if (encoded.Embeddings[i] is { } embedding)
                rows[chosen[i]] = embedding;
            else
                outcomes[chosen[i]] = new ItemOutcome(items[chosen[i]].Id, "failed", encoded.Errors[i]);
        }
    }
}
