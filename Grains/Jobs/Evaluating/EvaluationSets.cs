using MplugCluster.Grains.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// The sets of the last two jobs that this silo works at. Thousands of parts need the same files, which never change once the stage that writes
/// them is done: each is read and parsed once. Embeddings and candidates, which may be large, are let go when their stage is over.
/// </summary>
sealed class EvaluationSets
{
    /// <summary>Jobs that are remembered.</summary>
    const int MostJobs = 2;

    /// <summary>Time after which a silo that gets no more parts of a stage lets its large things go.</summary>
    static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly LinkedList<Entry> recent = [];

    /// <summary>The input alone.</summary>
    public Task<EvaluationSet> Input(PartScope scope, CancellationToken cancellation)
    {
        var entry = Of(scope);
        return entry.Input.Get(() => ReadInput(scope), cancellation);
    }

    /// <summary>The input and what became of its pictures. Only when the first stage is done.</summary>
    public Task<EvaluationSet> Pictures(PartScope scope, CancellationToken cancellation)
    {
        var entry = Of(scope);
        return entry.Pictures.Get(async () => await ReadPictures(scope, await entry.Input.Get(() => ReadInput(scope), CancellationToken.None)), cancellation);
    }

    /// <summary>
    /// The set without pictures that have a caption without numbers: no similarity can be made with it, and no other picture is to blame. Only when
    /// the first two stages are done.
    /// </summary>
    public Task<EvaluationSet> Usable(PartScope scope, CancellationToken cancellation)
    {
        var entry = Of(scope);
        return entry.Usable.Get(async () => await ReadUsable(scope, await Pictures(scope, CancellationToken.None)), cancellation);
    }

    /// <summary>The embeddings. Only when the first two stages are done.</summary>
    public Task<SetEmbeddings> Embeddings(PartScope scope, EvaluationSet set, CancellationToken cancellation) =>
        Of(scope).Embeddings.Get(() => ReadEmbeddings(scope, set), cancellation);

    /// <summary>A slot's pairs by picture, then caption. Only when the candidates' stage is done.</summary>
    public async Task<SortedSet<(int Picture, int Caption)>> Pairs(PartScope scope, int slot, CancellationToken cancellation) => CandidatePairs.Fit(scope)
        ? (await Of(scope).Pairs.Get(() => CandidatePairs.Read(scope), cancellation)).Slot(slot)
        : await CandidatePairs.ReadSlot(scope, slot, cancellation);

    /// <summary>Where the captions' features lie, of a set that should have them in files; null if it has not. Only when the captions' stage is done.</summary>
    public Task<CaptionFiles?> CaptionFiles(PartScope scope, CancellationToken cancellation) =>
        Of(scope).Captions.Get(() => Evaluating.CaptionFiles.Read(scope), cancellation);

    Entry Of(PartScope scope)
    {
        // The time, too: a job's name may come again after the job was deleted.
        var key = (scope.Plan.Id, scope.Plan.Submitted, scope.Input!.Folder);
        lock (gate)
        {
            var entry = recent.FirstOrDefault(entry => entry.Key == key);
            if (entry is not null)
                recent.Remove(entry);
            recent.AddFirst(entry ??= new Entry(key));
            if (recent.Count > MostJobs)
                recent.RemoveLast();
            if (scope.Request.Stage > 2)
                entry.Embeddings.Forget();
            if (scope.Request.Stage > 3)
            {
                entry.Pairs.Forget();
                entry.Captions.Forget();
            }

            return entry;
        }
    }

    static async Task<EvaluationSet> ReadInput(PartScope scope)
    {
        var blocks = await PartReads.All(scope.Input!.Blocks, scope.ReadInput<AnnotatedPicture>, CancellationToken.None);
        return EvaluationSet.Of([.. blocks.SelectMany(block => block)]);
    }

    static async Task<EvaluationSet> ReadPictures(PartScope scope, EvaluationSet input)
    {
        var parts = await PartReads.All(new JobShape(scope.Plan, scope.Input!).PartsOf(0, 0)!.Value, async (part, cancellation) =>
        {
            var file = await scope.ReadPart(0, part, cancellation);
            return JobJson.Read<EvaluatedPicture[]>(await file.Section(scope.Store, scope.PathOf(0, part), 0, cancellation));
        }, CancellationToken.None);
        var pictures = parts.SelectMany(part => part).ToArray();
        return input with { Pictures = [.. pictures.Select(picture => picture.Picture)], Errors = [.. pictures.Select(picture => picture.Error)] };
    }

    static async Task<EvaluationSet> ReadUsable(PartScope scope, EvaluationSet set)
    {
        var unusable = await PartReads.All(new JobShape(scope.Plan, scope.Input!).PartsOf(0, 1)!.Value, async (part, cancellation) =>
        {
            var file = await scope.ReadPart(1, part, cancellation);
            if (file.Failed == 0)
                return [];
            var rows = Rows(await file.Section(scope.Store, scope.PathOf(1, part), 0, cancellation), file.Items);
            return rows.Index().Where(row => UnusableNumbers.Are(row.Item)).Select(row => part * JobShape.CaptionsPerPart + row.Index).ToArray();
        }, CancellationToken.None);
        var owners = unusable.SelectMany(captions => captions).Select(caption => set.PictureOf[caption]).Distinct();
        return set.Without(owners.Where(picture => set.Errors[picture] is null).ToDictionary(picture => picture, _ => UnusableNumbers.OfCaption));
    }

    static async Task<SetEmbeddings> ReadEmbeddings(PartScope scope, EvaluationSet set)
    {
        var shape = new JobShape(scope.Plan, scope.Input!);
        var size = scope.Plan.PicturesPerPart;
        var pictures = await PartReads.All(shape.PartsOf(0, 0)!.Value, async (part, cancellation) =>
        {
            var file = await scope.ReadPart(0, part, cancellation);
            var some = set.Pictures.Skip(part * size).Take(size).ToArray();
            var rows = Rows(await file.Section(scope.Store, scope.PathOf(0, part), 1, cancellation), some.Count(picture => picture is not null));
            return some.Select(picture => picture is null ? [] : rows.Dequeue()).ToArray();
        }, CancellationToken.None);
        var captions = await PartReads.All(shape.PartsOf(0, 1)!.Value, async (part, cancellation) =>
        {
            var file = await scope.ReadPart(1, part, cancellation);
            return Rows(await file.Section(scope.Store, scope.PathOf(1, part), 0, cancellation), file.Items);
        }, CancellationToken.None);
        return new SetEmbeddings([.. pictures.SelectMany(part => part)], [.. captions.SelectMany(part => part)]);
    }

    static Queue<float[]> Rows(byte[] bytes, int count)
    {
        var rows = new Queue<float[]>(count);
        var width = count == 0 ? 0 : bytes.Length / count;
        for (var row = 0; row < count; row++)
            rows.Enqueue(FloatBytes.ToFloats(bytes[(row * width)..((row + 1) * width)]).ToArray());
        return rows;
    }

    sealed class Entry((string Job, DateTimeOffset Submitted, string Folder) key)
    {
        public (string Job, DateTimeOffset Submitted, string Folder) Key => key;

        public SharedLoad<EvaluationSet> Input { get; } = new();

        public SharedLoad<EvaluationSet> Pictures { get; } = new();

        public SharedLoad<EvaluationSet> Usable { get; } = new();

        public SharedLoad<SetEmbeddings> Embeddings { get; } = new(Idle);

        public SharedLoad<CandidatePairs> Pairs { get; } = new(Idle);

        public SharedLoad<CaptionFiles?> Captions { get; } = new(Idle);
    }
}
