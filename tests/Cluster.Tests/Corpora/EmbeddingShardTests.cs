using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Filters;
using MplugCluster.Grains.Corpora.Kernels;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class EmbeddingShardTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;
    readonly SegmentCache cache;
    readonly ScanTeam team = new(2);
    readonly EmbeddingBudget budget = new(long.MaxValue);

    public EmbeddingShardTests()
    {
        store = new DirectoryObjectStore(folder.Path);
        cache = new SegmentCache(store, folder.Path);
    }

    public void Dispose()
    {
        team.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(5, 1, null, EmbeddingPrecision.Fp32)]
    [InlineData(5, 7, ItemKind.Picture, EmbeddingPrecision.Fp32)]
    [InlineData(5, 7, ItemKind.Text, EmbeddingPrecision.Int8)]
    [InlineData(5, 1000, null, EmbeddingPrecision.Fp32)]
    [InlineData(5, 1, null, EmbeddingPrecision.Int8)]
    [InlineData(5, 1000, null, EmbeddingPrecision.Int8)]
    [InlineData(5, 0, null, EmbeddingPrecision.Int8)]
    [InlineData(130, 7, null, EmbeddingPrecision.Fp32)]
    [InlineData(130, 7, null, EmbeddingPrecision.Int8)]
    public async Task Search_RandomRowsWithTies_EqualsThePlainLoop(int count, int k, ItemKind? kind, EmbeddingPrecision precision)
    {
        var segments = await Fill(segments: 9, rows: 90);
        var queries = Queries(count, kind, k);

        var shards = await Shards(itemsPerShard: 250, precision);
        var found = shards.Select(shard => shard.Search(queries, team)).ToArray();

        Assert.True(shards.Length > 2);
        for (var query = 0; query < queries.Length; query++)
        {
            var expected = segments
                .SelectMany(segment => segment.Items.Select((item, row) => (Item: item, Embedding: segment.Embeddings[(row * Rows.Width)..((row + 1) * Rows.Width)])))
                .Where(row => kind is null || row.Item.Kind == kind)
                .Select(row => new ShardMatch(row.Item, Product(queries[query].Vector.Span, row.Embedding)))
                .OrderByDescending(match => match.ItcSimilarity).ThenBy(match => match.Item.Id, StringComparer.Ordinal).Take(k);
            Assert.Equal(expected, Merged(found, query, k));
        }
    }

    [Theory]
    [InlineData(EmbeddingPrecision.Fp32)]
    [InlineData(EmbeddingPrecision.Int8)]
    public async Task Search_AnyDivisionIntoShardsBatchesAndThreads_SameBits(EmbeddingPrecision precision)
    {
        await Fill(segments: 6, rows: 100);
        var queries = Queries(70, null, 60);
        using var alone = new ScanTeam(1);
        using var many = new ScanTeam(5);

        var whole = (await Shards(1000, EmbeddingPrecision.Fp32)).Single().Search(queries, alone);
        var parts = await Shards(100, precision);

        Assert.Equal(6, parts.Length);
        var batched = parts.Select(shard => shard.Search(queries, many)).ToArray();
        for (var query = 0; query < queries.Length; query++)
        {
            var expected = Merged([whole], query, 60);
            Assert.Equal(expected, Merged(batched, query, 60));
            Assert.Equal(expected, Merged([.. parts.Select(shard => shard.Search([queries[query]], alone))], 0, 60));
        }
    }

    [Theory]
    [InlineData(EmbeddingPrecision.Fp32)]
    [InlineData(EmbeddingPrecision.Int8)]
    public async Task Search_NoQueries_NoHits(EmbeddingPrecision precision)
    {
        await Fill(segments: 2, rows: 100);

        var hits = (await Shards(1000, precision)).Single().Search([], team);

        Assert.Empty(hits.Counts);
        Assert.Empty(hits.Similarities);
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 11)]
    [InlineData(70, 13)]
    public async Task Search_ClustersZerosAndMixedScales_Int8SameAsFp32(int width, int queries)
    {
        const int Items = 1531;
        var random = new Random(width + queries);
        var centres = Enumerable.Range(0, 9).Select(_ => Numbers(random, width, 1)).ToArray();
        float[] Near() => [.. centres[random.Next(9)].Zip(Numbers(random, width, 0.1f), (a, b) => a + b)];
        var embeddings = Enumerable.Range(0, Items).SelectMany(row => row % 50 == 7 ? new float[width]
            : [.. Near().Select(number => number * (row % 11 == 0 ? 1e-3f : row == 400 ? 1e-42f : row == 800 ? float.NaN : 1))]).ToArray();
        await (await Create()).Change(new Segment([.. Enumerable.Range(0, Items).Select(i => Rows.Picture($"{i:0000}"))], embeddings), [], default);
        var asked = Enumerable.Range(0, queries).Select(i => new RowQuery(i == 3 ? new float[width] : Near(), null, null, 1 + 25 * i * i)).ToArray();
        using var alone = new ScanTeam(1);

        var exact = (await Shards(Items)).Single().Search(asked, alone);
        var bytes = (await Shards(Items, EmbeddingPrecision.Int8)).Single();

        foreach (var team in new[] { alone, this.team })
        {
            var found = bytes.Search(asked, team);
            for (var query = 0; query < queries; query++)
                Assert.Equal(Merged([exact], query, int.MaxValue), Merged([found], query, int.MaxValue));
        }
    }

    [Theory]
    [InlineData(EmbeddingPrecision.Fp32)]
    [InlineData(EmbeddingPrecision.Int8)]
    public async Task Search_RowsOfNoNumbersAndZeros_StandAtTheEnd(EmbeddingPrecision precision)
    {
        var ledger = await Create();
        var rows = Rows.Of(1, [.. Enumerable.Range(0, 6).Select(i => Rows.Picture($"{i}"))]);
        rows.Embeddings[0] = float.NaN;
        rows.Embeddings[Rows.Width] = float.PositiveInfinity;
        rows.Embeddings.AsSpan(2 * Rows.Width, Rows.Width).Clear();
        rows.Embeddings[3 * Rows.Width + 1] = float.NegativeInfinity;
        await ledger.Change(rows, [], default);
        var query = new float[Rows.Width];
        query[0] = 1;

        var found = Found((await Shards(100, precision)).Single(), [new RowQuery(query, null, null, 6)])[0];

        Assert.Equal(("1", float.PositiveInfinity), (found[0].Item.Id, found[0].ItcSimilarity));
        Assert.Equal(["0", "3"], found[^2..].Select(match => match.Item.Id));
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity], found[^2..].Select(match => match.ItcSimilarity));
    }

    [Theory]
    [InlineData(EmbeddingPrecision.Fp32)]
    [InlineData(EmbeddingPrecision.Int8)]
    public async Task Search_QueryOfNoNumbers_LowestIds(EmbeddingPrecision precision)
    {
        await Fill(segments: 2, rows: 10);

        var found = Found(
            (await Shards(100, precision)).Single(), [new RowQuery(Enumerable.Repeat(float.NaN, Rows.Width).ToArray(), null, null, 3)])[0];

        Assert.Equal(["00-0", "00-1", "01-0"], found.Select(match => match.Item.Id));
    }

    [Fact]
    public async Task Search_RemovedAndReplacedRows_NotFound()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, Rows.Picture("a"), Rows.Picture("b"), Rows.Picture("c")), [], default);
        await ledger.Change(Rows.Of(2, Rows.Picture("b", "new")), ["c"], default);

        var found = Found((await Shards(100)).Single(), Queries(1, null, 10))[0];

        Assert.Equal(["a", "b"], found.Select(match => match.Item.Id).Order());
        Assert.Equal("new", found.Single(match => match.Item.Id == "b").Item.Source);
    }

    [Theory]
    [InlineData(EmbeddingPrecision.Fp32)]
    [InlineData(EmbeddingPrecision.Int8)]
    public async Task Search_Filter_AppliesBeforeTopK(EmbeddingPrecision precision)
    {
        var ledger = await Create();
        await ledger.Change(
            Rows.Of(1, [.. Enumerable.Range(0, 300).Select(i => Rows.Picture($"{i:000}") with { Metadata = $"{{\"year\": {1800 + i}}}" })]), [], default);
        var shard = (await Shards(1000, precision)).Single();
        var all = Found(shard, Queries(1, null, 300))[0];
        var filter = ItemFilter.Parse("""{"year": {"gte": 2000, "lt": 2010}}""");

        var found = Found(shard, [Queries(1, null, 5)[0] with { Filter = filter }, Queries(1, null, 300)[0]]);

        Assert.Equal(all.Where(match => match.Item.Id is [.., _, _] && int.Parse(match.Item.Id) is >= 200 and < 210).Take(5), found[0]);
        Assert.Equal(all, found[1]);
    }

    [Fact]
    public async Task Load_LaterVersion_HasSegmentsInCommonWithTheEarlier()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        var first = (await Shards(100)).Single();
        await ledger.Change(Rows.Of(2, Rows.Picture("b")), [], default);
        var segment = await cache.Open(ledger.Manifest.Segments[0].File, default);
        await store.Delete(ledger.Manifest.Segments[0].File);

        var second = (await Shards(100)).Single();

        Assert.Equal((1, 2), (first.Rows, second.Rows));
        GC.KeepAlive(segment);
    }

    [Fact]
    public async Task Load_PinnedManifest_ExactlyThatVersion()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        await store.Write("pins/c/jobs/7.json", ledger.Manifest.ToBytes(), WriteCondition.IfAbsent);
        await ledger.Change(Rows.Of(2, Rows.Picture("b")), ["a"], default);

        var pinned = await Load(ShardAddress.Parse("c/0/pins/c/jobs/7.json"));

        Assert.Equal(["a"], Found(pinned!, Queries(1, null, 10))[0].Select(match => match.Item.Id));
    }

    [Fact]
    public async Task Load_Int8BeyondTheBudget_SaysWhatIsNeededAndWhatToDo()
    {
        await Fill(segments: 1, rows: 4000);

        var failure = await Assert.ThrowsAsync<EmbeddingsTooLargeException>(() =>
            EmbeddingShard.Load(cache, new ShardAddress("c", 0, null), 5000, EmbeddingPrecision.Int8, new EmbeddingBudget(50_000), default));

        Assert.Equal(
            "Its int8 embeddings need 0.1 MB; 0.1 MB of this silo's 0.1 MB for embeddings are left. Add silos, raise Mplug:Corpora:MemoryBytes, or set "
            + "Mplug:Corpora:Precision to fp32, which reads from disk what memory does not hold.",
            failure.Message);
    }

    [Theory]
    [InlineData(EmbeddingPrecision.Fp32)]
    [InlineData(EmbeddingPrecision.Int8)]
    public async Task Search_ShardBeyondTheLast_NothingForEachQuery(EmbeddingPrecision precision)
    {
        await Fill(segments: 1, rows: 10);
        var shard = (await EmbeddingShard.Load(cache, new ShardAddress("c", 7, null), 5000, precision, budget, default))!;

        var hits = HitPacking.Unpack(shard.Search(Queries(3, null, 5), team), 7);

        Assert.Equal(3, hits.Length);
        Assert.All(hits, Assert.Empty);
    }

    [Fact]
    public async Task Load_NoCorpus_Null() => Assert.Null(await Load(new ShardAddress("c", 0, null)));

    static unsafe float Product(ReadOnlySpan<float> query, ReadOnlySpan<float> row)
    {
        float product;
        fixed (float* a = row, b = query)
            SimilarityKernels.Supported[^1].Multiply(a, 1, row.Length, b, 1, &product, 1);
        return product;
    }

    /// <summary>What a shard finds, with the items.</summary>
    ShardMatch[][] Found(EmbeddingShard shard, RowQuery[] queries)
    {
        var hits = shard.Search(queries, team);
        return [.. Enumerable.Range(0, queries.Length).Select(query => Merged([hits], query, int.MaxValue))];
    }

    ShardMatch[] Merged(ShardHits[] found, int query, int k) =>
    [
        .. ShardMerge.Merge(found.Select((hits, shard) => HitPacking.Unpack(HitPacking.Part(hits, query, 1), shard)[0]), k)
            .Select(hit => new ShardMatch(Item(hit), hit.Similarity)),
    ];

    CorpusItem Item(ShardHit hit)
    {
        var query = HitPacking.ItemsQuery("c", [hit]);
        return HitPacking.Items([cache.Open(query.Files[0], default).Result!], query.Places)[0];
    }

    static float[] Numbers(Random random, int count, float size) => [.. Enumerable.Range(0, count).Select(_ => size * (random.NextSingle() - 0.5f))];

    static RowQuery[] Queries(int count, ItemKind? kind, int k) =>
        [.. Enumerable.Range(0, count).Select(i => new RowQuery(Rows.Vector(new Random(i)), kind, null, k))];

    async Task<CorpusLedger> Create() => (await CorpusLedger.Create(cache, "c", "f", "ms25", 50, TimeProvider.System, default))!;

    async Task<Segment[]> Fill(int segments, int rows)
    {
        var ledger = await Create();
        var made = Enumerable.Range(0, segments).Select(number => Rows.Of(number, [.. Enumerable.Range(0, rows).Select(row =>
            row % 3 == 0 ? Rows.Text($"{row:00}-{number}") : Rows.Picture($"{row:00}-{number}"))])).ToArray();
        foreach (var segment in made)
            await ledger.Change(segment, [], default);
        return made;
    }

    Task<EmbeddingShard?> Load(ShardAddress address, int itemsPerShard = 1000, EmbeddingPrecision precision = EmbeddingPrecision.Fp32) =>
        EmbeddingShard.Load(cache, address, itemsPerShard, precision, budget, default);

    async Task<EmbeddingShard[]> Shards(int itemsPerShard, EmbeddingPrecision precision = EmbeddingPrecision.Fp32)
    {
        var count = (await CorpusManifest.Read(store, "c", default))!.Value.Manifest.Shards(itemsPerShard).Count();
        return await Task.WhenAll(Enumerable.Range(0, count).Select(async shard =>
            (await Load(new ShardAddress("c", shard, null), itemsPerShard, precision))!));
    }
}
