using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>
/// Stores with the same corpora and without any image features: all pictures, their two halves for the processes that work alone, and a few other
/// ones to warm up with. Made once; every run gets a copy of its own.
/// </summary>
sealed class ScalingStore(string folder)
{
    const int ItemsPerCall = 64;

    public const string All = "all", First = "first", Second = "second", Warm = "warm";

    /// <summary>Pictures of the corpus to warm up with.</summary>
    public const int WarmPictures = 16;

    string Template => Path.Combine(folder, "template");

    /// <summary>Fills the corpora.</summary>
    public async Task Fill(string package, int pictures)
    {
        using var gateway = ServerProcess.Gateway(null, $"Model={package}", $"Store={Template}");
        await gateway.Ready();
        using var client = new MplugClient(gateway.Address);
        foreach (var corpus in new[] { All, First, Second, Warm })
            await client.CreateCorpus(new CorpusCreation(corpus));
        foreach (var numbers in Enumerable.Range(0, pictures).Chunk(ItemsPerCall))
        {
            var items = await Upload(client, numbers);
            var halves = items.ToLookup(item => int.Parse(item.Id) % 2 == 0 ? First : Second);
            await Add(client, All, items);
            await Add(client, First, [.. halves[First]]);
            await Add(client, Second, [.. halves[Second]]);
        }

        await Add(client, Warm, await Upload(client, Enumerable.Range(pictures, WarmPictures)));
    }

    /// <summary>A new store: the corpora, and no features. To be disposed of after the processes that use it.</summary>
    public StoreCopy Copy()
    {
        var target = Path.Combine(folder, $"store{Guid.NewGuid():n}");
        foreach (var file in Directory.EnumerateFiles(Template, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(Template, file);
            if (path.StartsWith("features", StringComparison.Ordinal) || !path.Contains(Path.DirectorySeparatorChar))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, path))!);
            File.Copy(file, Path.Combine(target, path));
        }

        return new StoreCopy(target);
    }

    /// <summary>Queries with the captions of these numbers.</summary>
    public static JobQueries Queries(int from, int count) =>
        JobQueries.Of([.. Enumerable.Range(from, count).Select(number => new JobQueryInput($"{number}", MadeInput.Caption(number)))]);

    static async Task<List<ItemInput>> Upload(MplugClient client, IEnumerable<int> numbers)
    {
        var items = new List<ItemInput>();
        foreach (var number in numbers)
        {
            var picture = MadeInput.Picture(number);
            var hash = MadeInput.Hash(picture);
            await client.PutBlob(hash, picture);
            items.Add(new ItemInput($"{number:000000}", PictureInput.OfBlob(hash)));
        }

        return items;
    }

    static async Task Add(MplugClient client, string corpus, IReadOnlyList<ItemInput> items)
    {
        var added = await client.Upsert(corpus, new ItemBatch(items));
        if (added.Items.FirstOrDefault(item => item.Error is not null) is { } failed)
            throw new InvalidOperationException($"{failed.Id}: {failed.Error}");
    }
}
