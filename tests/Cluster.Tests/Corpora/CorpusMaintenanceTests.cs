using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class CorpusMaintenanceTests : IDisposable
{
    static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    // Files have the machine's time, so the clock begins there.
    readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    public CorpusMaintenanceTests() => store = new DirectoryObjectStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Compact_ManySmallSegments_FewWithTheSameRows()
    {
        var ledger = await Create("c", 1000);
        for (var i = 0; i < 100; i++)
            await ledger.Change(Rows.Of(i, Rows.Picture($"{i % 70:00}", $"{i}"), Rows.Text($"t{i}")), i % 9 == 8 ? [$"t{i - 3}"] : [], default);
        var before = ledger.After(null, 1000);
        var counts = (ledger.Description.Pictures, ledger.Description.Texts);

        while (await ledger.Compact(default))
        {
        }

        Assert.InRange(ledger.Manifest.Segments.Count, 1, 16);
        foreach (var seen in new[] { ledger, await Open("c") })
        {
            Assert.Equal(before, seen.After(null, 1000));
            Assert.Equal(counts, (seen.Description.Pictures, seen.Description.Texts));
            Assert.Equal("99", seen.Find("29")!.Source);
        }
    }

    [Fact]
    public async Task Compact_SegmentsOfAsManyRowsAsAShard_StayAsTheyAre()
    {
        var ledger = await Create("c", 4);
        for (var i = 0; i < 20; i++)
            await ledger.Change(Rows.Of(i, [.. Enumerable.Range(0, 4).Select(row => Rows.Picture($"{i:00}-{row}"))]), [], default);

        Assert.False(await ledger.Compact(default));
    }

    [Fact]
    public async Task Compact_EverythingDeleted_NoSegmentLeft()
    {
        var ledger = await Create("c", 100);
        await ledger.Change(Rows.Of(1, Rows.Picture("a"), Rows.Picture("b")), [], default);
        await ledger.Change(null, ["a", "b"], default);

        Assert.True(await ledger.Compact(default));

        Assert.Empty(ledger.Manifest.Segments);
        Assert.Single(ledger.Manifest.Retired!);
    }

    [Fact]
    public async Task Compact_ChangesMeanwhile_AreInTheMergedSegmentToo()
    {
        var ledger = await Create("c", 1000);
        for (var i = 0; i < 8; i++)
            await ledger.Change(Rows.Of(i, Rows.Picture($"{i}"), Rows.Text($"t{i}")), [], default);

        // Another silo's ledger, which does not know of them, merges what it sees.
        var other = await Open("c");
        await ledger.Change(Rows.Of(9, Rows.Picture("3", "newer")), ["5", "t5"], default);
        Assert.True(await other.Compact(default));

        var seen = await Open("c");
        Assert.Equal(2, seen.Manifest.Segments.Count);
        Assert.Equal(["0", "1", "2", "3", "4", "6", "7"], seen.After(null, 7).Select(item => item.Id));
        Assert.Equal(("newer", 7, 7), (seen.Find("3")!.Source, seen.Description.Pictures, seen.Description.Texts));
        Assert.Equal([0, 3], seen.Manifest.Segments.Select(entry => entry.Deleted.Count).Order());
    }

    [Fact]
    public async Task Compact_TwoSilosAtOnce_OneWinsAndNothingIsLost()
    {
        var ledger = await Create("c", 1000);
        for (var i = 0; i < 8; i++)
            await ledger.Change(Rows.Of(i, Rows.Picture($"{i}")), [], default);
        var other = await Open("c");

        Assert.True(await ledger.Compact(default));
        Assert.False(await other.Compact(default));

        Assert.Equal(8, (await Open("c")).Description.Pictures);
        Assert.Equal(9, await Files("c"));
    }

    [Fact]
    public async Task Collect_RetiredSegments_StayForTheGraceTimeAndWhilePinned()
    {
        var ledger = await Create("c", 1000);
        for (var i = 0; i < 8; i++)
            await ledger.Change(Rows.Of(i, Rows.Picture($"{i}")), [], default);
        var pinned = ledger.Manifest with { Segments = [.. ledger.Manifest.Segments.Take(2)] };
        await store.Write("pins/c/job.json", pinned.ToBytes(), WriteCondition.IfAbsent);
        clock.Advance(2 * Grace);
        await ledger.Compact(default);

        Assert.Empty(await ledger.Collect(Grace, default));
        clock.Advance(Grace);
        Assert.Equal(6, (await ledger.Collect(Grace, default)).Count);
        Assert.Equal(3, await Files("c"));

        await store.Delete("pins/c/job.json");
        Assert.Equal(2, (await (await Open("c")).Collect(Grace, default)).Count(file => pinned.Segments.Any(entry => entry.File == file)));
        Assert.Equal(1, await Files("c"));
        await ledger.Reload(default);
        await ledger.Change(Rows.Of(1, Rows.Picture("x")), [], default);
        Assert.Equal(9, (await Open("c")).Description.Pictures);
    }

    [Fact]
    public async Task Collect_SegmentOfACrash_GoesAfterTheGraceTime()
    {
        var ledger = await Create("c", 1000);
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        await store.Write("corpora/c/segments/orphan.arrow", SegmentFile.ToBytes(Rows.Of(2, Rows.Picture("b"))), WriteCondition.IfAbsent);

        Assert.Empty(await ledger.Collect(Grace, default));
        clock.Advance(2 * Grace);
        Assert.Equal(["corpora/c/segments/orphan.arrow"], await ledger.Collect(Grace, default));
    }

    [Fact]
    public async Task Adopt_AnotherCorpus_OneSwitchAndANewIdentity()
    {
        var (old, next) = (await Create("old", 100), await Create("next", 100, "newer"));
        await old.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        await next.Change(Rows.Of(2, Rows.Picture("a", "new"), Rows.Picture("b")), [], default);
        var (id, version) = (old.Manifest.Id, old.Manifest.Version);

        Assert.Equal(AdoptOutcome.Adopted, await old.Adopt("next", default));

        Assert.Equal(("newer", version + 1, 2), (old.Manifest.Fingerprint, old.Manifest.Version, old.Description.Pictures));
        Assert.NotEqual(id, old.Manifest.Id);
        Assert.NotEqual(next.Manifest.Id, old.Manifest.Id);
        Assert.Equal("new", (await Open("old")).Find("a")!.Source);
        await next.Drop(default);
        await old.Change(Rows.Of(3, Rows.Picture("c")), ["a"], default);
        Assert.Equal(["b", "c"], (await Open("old")).After(null, 10).Select(item => item.Id));
        clock.Advance(2 * Grace);
        Assert.Single(await old.Collect(Grace, default));
        await old.Drop(default);
        Assert.Equal((0, 0), (await Files("old"), await Files("next")));
    }

    [Fact]
    public async Task Adopt_NoSuchCorpus_NothingChanges()
    {
        var ledger = await Create("c", 100);

        Assert.Equal(AdoptOutcome.NoOther, await ledger.Adopt("none", default));

        Assert.Equal(1, ledger.Manifest.Version);
    }

    [Fact]
    public async Task Drop_SegmentsThatAreAdoptedOrPinned_Stay()
    {
        var (old, next) = (await Create("old", 100), await Create("next", 100));
        await next.Change(Rows.Of(2, Rows.Picture("a")), [], default);
        await old.Adopt("next", default);
        await next.Change(Rows.Of(3, Rows.Picture("b")), [], default);

        await next.Drop(default);

        Assert.Equal(1, await Files("next"));
        Assert.NotNull((await Open("old")).Find("a"));
    }

    [Fact]
    public async Task Unpin_BrokeOffAfterThePinWasDeleted_TheNextTryDeletesTheSegments()
    {
        var ledger = await Create("c", 100);
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        await store.Write("pins/c/job.json", ledger.Manifest.ToBytes(), WriteCondition.IfAbsent);
        await ledger.Drop(default);
        await store.Delete("pins/c/job.json");
        Assert.Equal(1, await Files("c"));

        await SegmentCollector.Unpin(store, "c", "pins/c/job.json", default);

        Assert.Equal(0, await Files("c"));
    }

    [Fact]
    public async Task Commit_BlocksOfAJob_EachOnce()
    {
        var ledger = await Create("c", 100);
        await ledger.Change(Rows.Of(1, Rows.Picture("gone")), [], default);
        await store.Write("corpora/c/segments/job-0.arrow", SegmentFile.ToBytes(Rows.Of(2, Rows.Picture("a"), Rows.Picture("b"))), WriteCondition.IfAbsent);
        var block = new CorpusCommit(ledger.Manifest.Id, "job", 0, "corpora/c/segments/job-0.arrow", ["gone"]);

        Assert.True(await ledger.Commit(block, default));
        Assert.True(await (await Open("c")).Commit(block, default));
        await ledger.Change(null, ["a"], default);
        Assert.True(await ledger.Commit(block, default));

        Assert.Equal(["b"], (await Open("c")).After(null, 10).Select(item => item.Id));
        Assert.Equal(
            "Job 'job' lacks its segment 'corpora/c/segments/none.arrow'.",
            (await Assert.ThrowsAsync<StoreException>(() =>
                ledger.Commit(block with { Block = 1, SegmentFile = "corpora/c/segments/none.arrow" }, default))).Message);
    }

    [Fact]
    public async Task Commit_EmbeddingsOfAnotherWidth_NamesBoth()
    {
        var ledger = await Create("c", 100);
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);

        var failure = await Assert.ThrowsAsync<StoreException>(() => ledger.Change(new Segment([Rows.Picture("b")], new float[8]), [], default));

        Assert.EndsWith("has embeddings of 8 numbers, the corpus has 16; both must come from one model.", failure.Message);
    }

    [Fact]
    public async Task FindContent_ManyItems_ThoseThatAreThere()
    {
        var ledger = await Create("c", 100);
        static CorpusItem Item(string id, int hash) => Rows.Picture(id) with { Picture = new("p", $"{hash:x64}") };
        await ledger.Change(Rows.Of(1, Item("a", 1), Item("b", 2), Item("c", 2), Rows.Text("t")), [], default);
        await ledger.Change(Rows.Of(2, Item("d", 3), Item("B", 2), Item("e", 2)), ["b"], default);

        Assert.Equal(
            ["a", "B c", "d", "", ""],
            new[] { $"{1:x64}", $"{2:x64}", $"{3:x64}", $"{4:x64}", "no hash" }.Select(hash => string.Join(' ', ledger.FindContent(hash, 2))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public void Tombstones_AnyNumber_SameAfterTheManifest(int count)
    {
        var deleted = Tombstones.None.With(Enumerable.Range(0, count).Select(i => 3 * i + 1));
        var manifest = new CorpusManifest(Guid.NewGuid(), "f", "ms25", 1, [new SegmentEntry("s", 1000, deleted)]);

        var read = CorpusManifest.Parse(manifest.ToBytes()).Segments[0].Deleted;

        Assert.Equal(deleted.Rows, read.Rows);
        Assert.Equal((count, true, false), (read.Count, read.Contains(1), read.Contains(5000)));
    }

    [Fact]
    public async Task SegmentCache_StoreThatIsNoDirectory_SegmentIsCopiedOnce()
    {
        var remote = new RemoteStore(store);
        var cache = new SegmentCache(remote, Path.Combine(folder.Path, "scratch"));
        var ledger = (await CorpusLedger.Create(cache, "c", "f", "ms25", 100, clock, default))!;
        var segment = Rows.Of(1, Rows.Picture("a"), Rows.Picture("b"));
        await ledger.Change(segment, [], default);

        var mapped = await cache.Open(ledger.Manifest.Segments[0].File, default);
        await ledger.Reload(default);

        Assert.Equal(segment.Embeddings, mapped!.Embeddings.ToArray());
        Assert.Equal(1, remote.Heads);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "scratch")));
        Assert.Null(await cache.Open("corpora/c/segments/none.arrow", default));
    }

    async Task<CorpusLedger> Create(string name, int itemsPerShard, string fingerprint = "f") =>
        (await CorpusLedger.Create(Cache(), name, fingerprint, "ms25", itemsPerShard, clock, default))!;

    async Task<CorpusLedger> Open(string name) => (await CorpusLedger.Open(Cache(), name, 1000, clock, default))!;

    async Task<int> Files(string name) => await store.List($"corpora/{name}/segments").CountAsync();

    SegmentCache Cache() => new(store, folder.Path);

    sealed class RemoteStore(IObjectStore inner) : IObjectStore
    {
        public int Heads { get; private set; }

        public string? LocalFile(string path) => null;

        public Task<StoredObject?> Read(string path, CancellationToken cancellation = default) => inner.Read(path, cancellation);

        public Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default) =>
            inner.ReadRange(path, offset, length, cancellation);

        public Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default)
        {
            Heads += path.EndsWith("none.arrow", StringComparison.Ordinal) ? 0 : 1;
            return inner.Head(path, cancellation);
        }

        public Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default) =>
            inner.Write(path, content, condition, cancellation);

        public Task<bool> Delete(string path, CancellationToken cancellation = default) => inner.Delete(path, cancellation);

        public IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default) => inner.List(folder, cancellation);
    }
}
