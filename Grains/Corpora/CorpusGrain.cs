using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;
using Orleans.Concurrency;

namespace MplugCluster.Grains.Corpora;

/// <inheritdoc cref="ICorpusGrain"/>
/// <remarks>Reentrant: encoding an upsert may take a minute, and searches meanwhile ask for the corpus as it is. The ledger's changes take turns.</remarks>
[Reentrant]
sealed class CorpusGrain(IObjectStore store, CorpusSettings settings, SiloModel model, CorpusEncoder encoder) : Grain, ICorpusGrain
{
    CorpusLedger? ledger;

    string Name => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        ledger = await CorpusLedger.Open(store, Name, settings.ItemsPerShard, cancellationToken);

    public async Task<CorpusReply> Create(string fingerprint, string convention, CancellationToken cancellation = default)
    {
        if (fingerprint != model.Fingerprint)
            return new CorpusReply(CorpusStatus.Mismatch, null, $"This cluster serves the model {model.Fingerprint}, not {fingerprint}.");
        var made = ledger is null ? await CorpusLedger.Create(store, Name, fingerprint, convention, settings.ItemsPerShard, cancellation) : null;
        if (made is null)
        {
            ledger ??= await CorpusLedger.Open(store, Name, settings.ItemsPerShard, cancellation);
            return new CorpusReply(CorpusStatus.AlreadyExists, ledger?.Description, $"There is a corpus '{Name}' already.");
        }

        ledger = made;
        return Described();
    }

    public Task<CorpusReply> Describe(CancellationToken cancellation = default) => Task.FromResult(Described());

    public async Task<UpsertReply> Upsert(CorpusItem[] items, int budgetMs, CancellationToken cancellation = default)
    {
        if (Refusal() is { } refusal)
            return new UpsertReply(refusal, [], new TierCounts(0, 0, 0));
        var own = ledger!;
        var change = await encoder.Encode(items, own, Deadline.In(budgetMs), cancellation);
        if (change.Reply.Status != CallStatus.Ok)
        {
            var status = change.Reply.Status == CallStatus.Overloaded ? CorpusStatus.Overloaded : CorpusStatus.Unavailable;
            return new UpsertReply(new CorpusReply(status, own.Description, change.Reply.Message), [], change.Tiers, change.Reply.RetryAfterMs);
        }

        if (change.Added is not null && !await own.Change(change.Added, [], cancellation))
            return new UpsertReply(Gone(), [], change.Tiers);
        return new UpsertReply(Described(), change.Outcomes, change.Tiers);
    }

    public async Task<UpsertReply> Remove(string[] ids, CancellationToken cancellation = default)
    {
        if (ledger is null)
            return new UpsertReply(Described(), [], new TierCounts(0, 0, 0));
        var present = ids.Distinct(StringComparer.Ordinal).Where(id => ledger.Find(id) is not null).ToArray();
        if (present.Length > 0 && !await ledger.Change(null, present, cancellation))
            return new UpsertReply(Gone(), [], new TierCounts(0, 0, 0));
        return new UpsertReply(Described(), [.. present.Select(id => new ItemOutcome(id, "removed"))], new TierCounts(0, 0, 0));
    }

    public Task<ItemPage> List(string? cursor, int limit, CancellationToken cancellation = default)
    {
        var items = ledger?.After(cursor, limit + 1) ?? [];
        var page = items.Take(limit).ToArray();
        return Task.FromResult(new ItemPage(Described(), page, items.Count > limit ? page[^1].Id : null));
    }

    public async Task<CorpusReply> Drop(CancellationToken cancellation = default)
    {
        var (reply, own) = (Described(), ledger);
        ledger = null;
        if (own is not null)
            await own.Drop(cancellation);
        return reply;
    }

    CorpusReply Described() => ledger is null
        ? new CorpusReply(CorpusStatus.NotFound, null, $"There is no corpus '{Name}'.")
        : new CorpusReply(CorpusStatus.Ok, ledger.Description);

    CorpusReply Gone()
    {
        ledger = null;
        return Described();
    }

    /// <summary>Why nothing can be added, or null.</summary>
    CorpusReply? Refusal() => ledger is null ? Described()
        : ledger.Manifest.Fingerprint == model.Fingerprint ? null
        : new CorpusReply(
            CorpusStatus.Mismatch,
            ledger.Description,
            $"Corpus '{Name}' was made with the model {ledger.Manifest.Fingerprint}; this cluster serves {model.Fingerprint}.");
}
