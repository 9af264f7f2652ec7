using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Storage;
using Orleans.Concurrency;

namespace MplugCluster.Grains.Corpora;

/// <inheritdoc cref="ICorpusGrain"/>
/// <remarks>Reentrant: encoding an upsert may take a minute, and searches meanwhile ask for the corpus as it is. The ledger's changes take turns.</remarks>
[Reentrant]
sealed class CorpusGrain(CorpusSettings settings, SiloModel model, CorpusEncoder encoder, CorpusUpkeep upkeep) : Grain, ICorpusGrain
{
    /// <summary>Owners of one content in an answer: callers may add as many copies as they like.</summary>
    const int MostOwners = 32;

    static readonly TierCounts Nowhere = new(0, 0, 0);

    CorpusLedger? ledger;
    string? fault;
    Task? upkeeping;

    string Name => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Open(cancellationToken);
        Changed();
    }

    public async Task<CorpusReply> Create(string fingerprint, string convention, CancellationToken cancellation = default)
    {
        if (fingerprint != model.Fingerprint)
            return new CorpusReply(CorpusStatus.Mismatch, null, $"This cluster serves the model {model.Fingerprint}, not {fingerprint}.");
        var made = ledger is null ? await CorpusLedger.Create(
            settings.Segments, Name, fingerprint, convention, settings.ItemsPerShard, settings.Time, cancellation) : null;
        if (made is null)
        {
            if (ledger is null)
                await Open(cancellation);
            return fault is not null ? Described() : new CorpusReply(CorpusStatus.AlreadyExists, ledger is null ? null : Describe(ledger), $"There is a corpus '{Name}' already.");
        }

        (ledger, fault) = (made, null);
        return Described();
    }

    public async Task<CorpusReply> Describe(CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        return Described();
    }

    public async Task<UpsertReply> Upsert(CorpusItem[] items, int budgetMs, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        if (Refusal() is { } refusal)
            return new UpsertReply(refusal, [], Nowhere);
        var own = ledger!;
        var change = await encoder.Encode(items, own, Deadline.In(budgetMs), cancellation);
        if (change.Reply.Status != CallStatus.Ok)
        {
            return new UpsertReply(
                new CorpusReply(StatusOf(change.Reply.Status), Describe(own), change.Reply.Message), [], change.Tiers, change.Reply.RetryAfterMs);
        }

        if (change.Added is not null && !await own.Change(change.Added, [], cancellation))
            return new UpsertReply(Gone(own), [], change.Tiers);
        Changed();
        return new UpsertReply(new CorpusReply(CorpusStatus.Ok, Describe(own)), change.Outcomes, change.Tiers);
    }

    public async Task<UpsertReply> Remove(string[] ids, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        if (ledger is not { } own)
            return new UpsertReply(Described(), [], Nowhere);
        var present = ids.Distinct(StringComparer.Ordinal).Where(id => own.Find(id) is not null).ToArray();
        if (present.Length > 0 && !await own.Change(null, present, cancellation))
            return new UpsertReply(Gone(own), [], Nowhere);
        Changed();
        return new UpsertReply(Described(), [.. present.Select(id => new ItemOutcome(id, "removed"))], Nowhere);
    }

    public async Task<ItemPage> List(string? cursor, int limit, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        var items = ledger?.After(cursor, limit + 1) ?? [];
        var page = items.Take(limit).ToArray();
        return new ItemPage(Described(), page, items.Count > limit ? page[^1].Id : null);
    }

    public async Task<ItemPage> ListEmbeddings(string? cursor, int limit, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        if (ledger is null)
            return new ItemPage(Described(), [], null);
        var (items, embeddings) = await ledger.EmbeddingsAfter(cursor, limit, cancellation);
        return new ItemPage(Described(), items, items.Length == limit ? items[^1].Id : null, embeddings);
    }

    public async Task<CorpusReply> Drop(CancellationToken cancellation = default)
    {
        var (reply, own) = (Described(), ledger);
        if (own is not null)
        {
            await own.Drop(cancellation);
            Gone(own);
        }
        else if (fault is not null)
        {
            // Its files cannot be read, which is no reason to keep them.
            await SegmentCollector.Drop(settings.Segments.Store, Name, cancellation);
            fault = null;
            return new CorpusReply(CorpusStatus.Ok, null);
        }

        return reply;
    }

    public async Task<CorpusItem?[]> Find(string[] ids, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        return [.. ids.Select(id => ledger?.Find(id))];
    }

    public async Task<string[][]> FindOwners(string[] contentHashes, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        return [.. contentHashes.Select(hash => ledger?.FindContent(hash, MostOwners) ?? [])];
    }

    public async Task<CorpusReply> Commit(CorpusCommit commit, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        if (Refusal() is { } refusal)
            return refusal;
        var own = ledger!;
        if (own.Manifest.Id != commit.Corpus)
            return new CorpusReply(CorpusStatus.NotFound, null, $"Corpus '{Name}' is not the one that job '{commit.Job}' was made for.");
        if (!await own.Commit(commit, cancellation))
            return Gone(own);
        Changed();
        return new CorpusReply(CorpusStatus.Ok, Describe(own));
    }

    public async Task<CorpusReply> Adopt(string other, CancellationToken cancellation = default)
    {
        await Retry(cancellation);
        if (ledger is not { } own || other == Name)
            return Described();
        switch (await own.Adopt(other, cancellation))
        {
            case AdoptOutcome.NoOther:
                return new CorpusReply(CorpusStatus.NotFound, null, $"There is no corpus '{other}'.");
            case AdoptOutcome.Gone:
                return Gone(own);
            default:
                Changed();
                return Described();
        }
    }

    /// <summary>Opens the corpus; files that cannot be read are a state of it, which every answer names, not the end of the grain.</summary>
    async Task Open(CancellationToken cancellation)
    {
        try
        {
            (ledger, fault) = (await CorpusLedger.Open(settings.Segments, Name, settings.ItemsPerShard, settings.Time, cancellation), null);
        }
        catch (StoreException e)
        {
            fault = e.Message;
        }
    }

    Task Retry(CancellationToken cancellation) => fault is null ? Task.CompletedTask : Open(cancellation);

    /// <summary>Merges and collects segments beside the calls; what is at it sees the change too.</summary>
    void Changed()
    {
        if (ledger is { } own && upkeeping is null or { IsCompleted: true })
            upkeeping = upkeep.Run(own);
    }

    CorpusDescription Describe(CorpusLedger own) => own.Description with { Paged = upkeep.IsPaged(own) };

    CorpusReply Described() => ledger is not null ? new CorpusReply(CorpusStatus.Ok, Describe(ledger))
        : fault is not null ? new CorpusReply(CorpusStatus.StoreFailed, null, fault)
        : new CorpusReply(CorpusStatus.NotFound, null, $"There is no corpus '{Name}'.");

    /// <summary>The answer of a ledger whose corpus is gone; another corpus may have taken the name meanwhile, and stays.</summary>
    CorpusReply Gone(CorpusLedger own)
    {
        if (ledger == own)
            ledger = null;
        return new CorpusReply(CorpusStatus.NotFound, null, $"Corpus '{Name}' has been deleted.");
    }

    /// <summary>Why nothing can be added, or null.</summary>
    CorpusReply? Refusal() => ledger is null ? Described()
        : ledger.Manifest.Fingerprint == model.Fingerprint ? null
        : new CorpusReply(
            CorpusStatus.Mismatch,
            Describe(ledger),
            $"Corpus '{Name}' was made with the model {ledger.Manifest.Fingerprint}; this cluster serves {model.Fingerprint}.");

    static CorpusStatus StatusOf(CallStatus status) => status switch
    {
        CallStatus.Overloaded => CorpusStatus.Overloaded,
        CallStatus.TimedOut => CorpusStatus.TimedOut,
        CallStatus.WrongModel => CorpusStatus.Mismatch,
        _ => CorpusStatus.Unavailable,
    };
}
