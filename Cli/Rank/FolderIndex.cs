using System.Diagnostics;
using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Rank;

/// <summary>
/// A folder's corpus: named after folder, model and convention, so that the next run finds it. Only what is new or changed is read, and what
/// has gone from the folder leaves the corpus.
/// </summary>
sealed class FolderIndex(MplugClient client, string folder, string? convention)
{
    /// <summary>Batches grow and shrink between these so that one takes seconds: the bar moves, and a stop loses little.</summary>
    const int LeastPerBatch = 4, MostPerBatch = 256;
    static readonly TimeSpan ShortBatch = TimeSpan.FromSeconds(1.5), LongBatch = TimeSpan.FromSeconds(6);

    const int IdsPerRemoval = 1000;

    readonly PictureUploads uploads = new(client);
    readonly List<(string Picture, ApiError Error)> errors = [];

    /// <summary>The corpus's name, once updated.</summary>
    public string Corpus { get; private set; } = "";

    /// <summary>Pictures in it.</summary>
    public int Pictures { get; private set; }

    /// <summary>Pictures that could not be used.</summary>
    public IReadOnlyList<(string Picture, ApiError Error)> Errors => errors;

    /// <summary>Where image features came from.</summary>
    public FeatureCounts Features { get; private set; } = new(0, 0, 0);

    /// <summary>Brings the corpus up to date.</summary>
    /// <param name="files">The folder's pictures.</param>
    /// <param name="progress">Told how many of them are done.</param>
    /// <param name="cancellation">Stops between batches; what is in stays in.</param>
    public async Task Update(IReadOnlyList<PictureFile> files, Action<long> progress, CancellationToken cancellation)
    {
        var there = await Open(cancellation);
        await Remove(there.Keys.Except(files.Select(file => file.Id), StringComparer.Ordinal), cancellation);
        var fresh = files.Where(file => there.GetValueOrDefault(file.Id) != file.Source).ToArray();
        var done = files.Count - fresh.Length;
        Pictures = done;

        // The next batch is read and sent while this one is encoded.
        var size = LeastPerBatch;
        var at = Math.Min(size, fresh.Length);
        var sent = Send(fresh[..at], cancellation);
        while (done < files.Count)
        {
            var items = await sent;
            var next = fresh[at..Math.Min(at + size, fresh.Length)];
            sent = Send(next, cancellation);
            var watch = Stopwatch.StartNew();
            if (items.Count > 0)
                Take(await client.Upsert(Corpus, new ItemBatch(items), cancellation));
            size = Math.Clamp(watch.Elapsed < ShortBatch ? 2 * size : watch.Elapsed > LongBatch ? size / 2 : size, LeastPerBatch, MostPerBatch);
            done = files.Count - fresh.Length + at;
            at += next.Length;
            progress(done);
        }

        // A picture that can no longer be used must not be found by what it once was.
        await Remove(errors.Select(failed => failed.Picture).Where(there.ContainsKey), cancellation);
    }

    async Task Remove(IEnumerable<string> ids, CancellationToken cancellation)
    {
        foreach (var batch in ids.ToArray().Chunk(IdsPerRemoval))
            Pictures = (await client.Remove(Corpus, batch, cancellation)).Corpus.Pictures;
    }

    /// <summary>Finds or makes the corpus; what is in it, with the state each picture had.</summary>
    async Task<Dictionary<string, string?>> Open(CancellationToken cancellation)
    {
        var model = await client.Model(cancellation);
        var prepared = convention ?? model.Convention;
        var there = new Dictionary<string, string?>(StringComparer.Ordinal);
        Corpus = FolderCorpus.Name(folder, model.Fingerprint, prepared);
        if (await Find(cancellation) is null)
        {
            Corpus = FolderCorpus.FormerName(folder, model.Fingerprint, prepared);
            if (await Find(cancellation) is null)
            {
                Corpus = FolderCorpus.Name(folder, model.Fingerprint, prepared);
                await Create(prepared, cancellation);
            }
        }

        await foreach (var item in client.Items(Corpus, cancellation))
            there[item.Id] = item.Source;
        return there;
    }

    /// <summary>The corpus, or null. One whose files are damaged is made anew: it is only an index, and the features of its pictures are kept elsewhere.</summary>
    async Task<CorpusInfo?> Find(CancellationToken cancellation)
    {
        try
        {
            return await client.FindCorpus(Corpus, cancellation);
        }
        catch (MplugApiException e) when (e.Problem.Type == "urn:mplug:store-failed")
        {
            await client.DeleteCorpus(Corpus, cancellation);
            return null;
        }
    }

    async Task Create(string prepared, CancellationToken cancellation)
    {
        try
        {
            await client.CreateCorpus(new CorpusCreation(Corpus, prepared), cancellation);
        }
        catch (MplugApiException e) when (e.Problem.Status == 409)
        {
            // Another run on the same folder was first; both may fill it.
        }
    }

    async Task<IReadOnlyList<ItemInput>> Send(PictureFile[] files, CancellationToken cancellation)
    {
        var items = new List<ItemInput>();
        foreach (var file in files)
        {
            var (picture, error) = await uploads.Upload(file.Path, cancellation);
            if (error is null)
                items.Add(new ItemInput(file.Id, picture, null, file.Source));
            else
                errors.Add((file.Id, error));
        }

        return items;
    }

    void Take(ItemBatchResult result)
    {
        Features += result.Features;
        Pictures = result.Corpus.Pictures;
        errors.AddRange(result.Items.Where(item => item.Error is not null).Select(item => (item.Id, item.Error!)));
    }
}
