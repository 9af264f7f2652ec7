using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>
/// Reads and encodes a few items of a listing. An item that stands in the corpus as the source has it now is not read again. The file has the
/// verdicts and the embeddings of those that are new.
/// </summary>
sealed class ItemEncoding(ICorpora corpora, PictureHashes hashes, ImageFeatureSource images, TextFeatureSource texts, SiloModel model)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var first = scope.Request.Part * scope.Plan.PicturesPerPart;
        var items = (await scope.ReadInput<IngestItem>(cancellation)).Skip(first).Take(scope.Plan.PicturesPerPart).ToArray();
        var there = await corpora.Find(scope.Plan.Corpus!, [.. items.Select(item => item.Id)], cancellation);
        var made = new Made[items.Length];
        var origin = IngestOrigin.Of(scope.Plan.Ingest!.Source);
        for (var i = 0; i < items.Length; i++)
            made[i] = Judge(items[i], scope.Untried(i), there[i], origin);

        if ((await EmbedTexts(scope, made, cancellation) ?? await EmbedPictures(scope, made, cancellation)) is { } failed)
            return failed;
        var embeddings = made.Where(item => item.Embedding is not null).SelectMany(item => item.Embedding!).ToArray();
        return CallOutcomes.Done(new PartResult
        {
            Sections = [JobJson.ToBytes(made.Select(item => item.Verdict)), FloatBytes.From(embeddings)],
            Items = items.Length,
            Failed = made.Count(item => item.Verdict.Error is not null),
            Tiers = made.Aggregate(ImageLookup.FromNowhere, (sum, item) => sum + item.Tiers),
        });
    }

    /// <summary>What an item is before anything is read.</summary>
    static Made Judge(IngestItem item, ItemError? untried, CorpusItem? there, string origin)
    {
        if ((item.Error ?? untried) is { } error)
            return new Made(new IngestVerdict(item.Id, "failed", Error: error, IsListed: item.Error is null || item.IsListed));
        var row = new CorpusItem(
            item.Id, item.Picture is null ? ItemKind.Text : ItemKind.Picture, item.Picture, item.Text, item.Picture?.Version, item.Metadata, origin);
        if (there is null)
            return new Made(new IngestVerdict(item.Id, "added", row));

        // The content hash is known from last time if the source says that nothing has changed.
        var known = IsSame(there.Picture, item.Picture) ? row with { Picture = there.Picture } : row;
        return new Made(known == there ? new IngestVerdict(item.Id, "unchanged") : new IngestVerdict(item.Id, "replaced", known));
    }

    /// <summary>Whether the source says that a picture is what it was when the corpus took it.</summary>
    public static bool IsSame(PictureReference? there, PictureReference? now) =>
        there is not null && now?.Version is not null && there with { ContentHash = "" } == now with { ContentHash = "" };

    /// <summary>Null when it is done, else why not.</summary>
    async Task<CallOutcome<PartResult>?> EmbedTexts(PartScope scope, Made[] made, CancellationToken cancellation)
    {
        var some = made.Where(item => item.Verdict.Item is { Kind: ItemKind.Text }).ToArray();
        var encoded = await texts.GetTogether(
            [.. some.Select(item => model.Tokenize(item.Verdict.Item!.Text!, scope.Convention))], scope.Device, scope.Deadline, cancellation);
        if (!encoded.Ok)
            return encoded.As<PartResult>();
        foreach (var (item, text) in some.Zip(encoded.Value))
            item.Take(text.Embedding);
        return null;
    }

    /// <summary>Null when it is done, else why not.</summary>
    async Task<CallOutcome<PartResult>?> EmbedPictures(PartScope scope, Made[] made, CancellationToken cancellation)
    {
        var some = made.Where(item => item.Verdict.Item is { Kind: ItemKind.Picture }).ToArray();
        var resolved = await hashes.Resolve([.. some.Select(item => item.Verdict.Item!.Picture)], keepsContent: true, scope.Deadline, cancellation);
        var lookups = await Task.WhenAll(resolved.Select(async found => found!.Picture is null ? null : await images.Get(
            found.Picture, scope.Convention.AppliesOrientation(), scope.Device, scope.Deadline, cancellation, found.Content)));
        if (lookups.FirstOrDefault(lookup => lookup is { Ok: false }) is { } failed)
            return failed.As<PartResult>();
        for (var i = 0; i < some.Length; i++)
            some[i].Take(resolved[i]!, lookups[i]?.Value);
        return null;
    }

    /// <summary>An item on its way.</summary>
    sealed class Made(IngestVerdict verdict)
    {
        public IngestVerdict Verdict { get; private set; } = verdict;

        public float[]? Embedding { get; private set; }

        public TierCounts Tiers { get; private set; } = ImageLookup.FromNowhere;

        public void Take(ResolvedPicture found, ImageLookup? lookup)
        {
            if ((found.Error ?? lookup?.Error) is { } fault)
            {
                Verdict = new IngestVerdict(Verdict.Id, "failed", Error: fault);
                return;
            }

            Verdict = Verdict with { Item = Verdict.Item! with { Picture = found.Picture } };
            Tiers = lookup!.Tiers;
            Take(lookup.Features!.Embedding);
        }

        public void Take(float[] embedding)
        {
            if (UnusableNumbers.Are(embedding))
                Verdict = new IngestVerdict(Verdict.Id, "failed", Error: UnusableNumbers.OfItem);
            else
                Embedding = embedding;
        }
    }
}
