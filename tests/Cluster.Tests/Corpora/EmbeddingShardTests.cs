using System.Numerics.Tensors;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class EmbeddingShardTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    public EmbeddingShardTests() => store = new DirectoryObjectStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, null)]
    [InlineData(7, ItemKind.Picture)]
    [InlineData(7, ItemKind.Text)]
    [InlineData(1000, null)]
    public async Task Search_RandomRowsWithTies_EqualsThePlainLoop(int k, ItemKind? kind)
    {
        var segments = await Fill(segments: 9, rows: 20);
        var queries = Enumerable.Range(0, 5).Select(i => Rows.Vector(new Random(i))).ToArray();
        float[] joined = [.. queries.SelectMany(query => query)];

        var shards = await Shards(itemsPerShard: 50);
        var found = shards.Select(shard => shard.Search(joined, queries.Length, kind, k)).ToArray();

        Assert.True(shards.Length > 2);
        for (var query = 0; query < queries.Length; query++)
        {
            var expected = segments
                .SelectMany(segment => segment.Items.Select((item, row) => (Item: item, Embedding: segment.Embeddings[(row * Rows.Width)..((row + 1) * Rows.Width)])))
                .Where(row => kind is null || row.Item.Kind == kind)
                .Select(row => new ShardMatch(row.Item, TensorPrimitives.Dot(queries[query], row.Embedding)))
                .OrderByDescending(match => match.ItcSimilarity).ThenBy(match => match.Item.Id, StringComparer.Ordinal).Take(k);
            Assert.Equal(expected, ShardMerge.Merge(found.Select(shard => shard[query]), k));
        }
    }

    [Fact]
    public async Task Search_AnyDivisionIntoShardsAndBatches_SameBits()
    {
        await Fill(segments: 6, rows: 10);
        var queries = Enumerable.Range(0, 4).Select(i => Rows.Vector(new Random(i))).ToArray();

        var whole = (await Shards(1000)).Single().Search([.. queries.SelectMany(query => query)], 4, null, 60);
        var parts = await Shards(10);

        for (var query = 0; query < 4; query++)
            Assert.Equal(whole[query], ShardMerge.Merge(parts.Select(shard => shard.Search(queries[query], 1, null, 60)[0]), 60));
    }

    [Fact]
    public async Task Search_RemovedAndReplacedRows_NotFound()
    {
        var ledger = (await CorpusLedger.Create(store, "c", "f", "ms25", 100, default))!;
        await ledger.Change(Rows.Of(1, Rows.Picture("a"), Rows.Picture("b"), Rows.Picture("c")), [], default);
        await ledger.Change(Rows.Of(2, Rows.Picture("b", "new")), ["c"], default);

        var found = (await Shards(100)).Single().Search(Rows.Vector(new Random(0)), 1, null, 10)[0];

        Assert.Equal(["a", "b"], found.Select(match => match.Item.Id).Order());
        Assert.Equal("new", found.Single(match => match.Item.Id == "b").Item.Source);
    }

    [Fact]
    public async Task Load_LaterVersion_TakesOverSegmentsItHas()
    {
        var counting = new CountingStore(store);
        var ledger = (await CorpusLedger.Create(store, "c", "f", "ms25", 100, default))!;
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        var first = await EmbeddingShard.Load(counting, "c", 0, 100, null, default);
        await ledger.Change(Rows.Of(2, Rows.Picture("b")), [], default);
        counting.Reads.Clear();

        var second = await EmbeddingShard.Load(counting, "c", 0, 100, first, default);

        Assert.Equal((1, 2), (first!.Rows, second!.Rows));
        Assert.Equal(["corpora/c/manifest.json", ledger.Manifest.Segments[1].File], counting.Reads);
    }

    [Fact]
    public async Task Load_NoCorpus_Null() => Assert.Null(await EmbeddingShard.Load(store, "c", 0, 100, null, default));

    [Fact]
    public void SegmentFile_AnyItems_TheSameBack()
    {
        var segment = Rows.Of(3, Rows.Picture("ä/ö", "size=1"), Rows.Text("t"), Rows.Picture("b"));

        var read = SegmentFile.Parse("x", SegmentFile.ToBytes(segment));

        Assert.Equal(segment.Items, read.Items);
        Assert.Equal(segment.Embeddings, read.Embeddings);
    }

    async Task<Segment[]> Fill(int segments, int rows)
    {
        var ledger = (await CorpusLedger.Create(store, "c", "f", "ms25", 50, default))!;
        var made = Enumerable.Range(0, segments).Select(number => Rows.Of(number, [.. Enumerable.Range(0, rows).Select(row =>
            row % 3 == 0 ? Rows.Text($"{row:00}-{number}") : Rows.Picture($"{row:00}-{number}"))])).ToArray();
        foreach (var segment in made)
            await ledger.Change(segment, [], default);
        return made;
    }

    async Task<EmbeddingShard[]> Shards(int itemsPerShard)
    {
        var count = (await CorpusManifest.Read(store, "c", default))!.Value.Manifest.Shards(itemsPerShard).Count();
        return await Task.WhenAll(Enumerable.Range(0, count).Select(async shard =>
            (await EmbeddingShard.Load(store, "c", shard, itemsPerShard, null, default))!));
    }

    sealed class CountingStore(IObjectStore inner) : IObjectStore
    {
        public string? LocalFile(string path) => inner.LocalFile(path);

        public List<string> Reads { get; } = [];

        public Task<StoredObject?> Read(string path, CancellationToken cancellation = default)
        {
            Reads.Add(path);
            return inner.Read(path, cancellation);
        }

        public Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default) =>
            inner.ReadRange(path, offset, length, cancellation);

        public Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default) => inner.Head(path, cancellation);

        public Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default) =>
            inner.Write(path, content, condition, cancellation);

        public Task<bool> Delete(string path, CancellationToken cancellation = default) => inner.Delete(path, cancellation);

        public IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default) => inner.List(folder, cancellation);
    }
}
