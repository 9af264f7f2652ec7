using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class CorpusLedgerTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    public CorpusLedgerTests() => store = new DirectoryObjectStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Change_AddReplaceRemove_ReopensAsItWas()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, Rows.Picture("b"), Rows.Picture("a"), Rows.Text("t")), [], default);
        await ledger.Change(Rows.Of(2, Rows.Picture("a", "newer"), Rows.Picture("c")), ["t"], default);

        foreach (var seen in new[] { ledger, await Open() })
        {
            Assert.Equal(["a", "b", "c"], seen!.After(null, 10).Select(item => item.Id));
            Assert.Equal("newer", seen.Find("a")!.Source);
            Assert.Null(seen.Find("t"));
            Assert.Equal((3L, 3, 0), (seen.Description.Version, seen.Description.Pictures, seen.Description.Texts));
        }
    }

    [Fact]
    public async Task EmbeddingsAfter_ManySegments_EachItemsOwnInOrder()
    {
        var ledger = await Create();
        var (first, second) = (Rows.Of(1, Rows.Picture("b"), Rows.Picture("d")), Rows.Of(2, Rows.Picture("a"), Rows.Picture("c"), Rows.Picture("d", "newer")));
        await ledger.Change(first, [], default);
        await ledger.Change(second, [], default);
        var width = first.Embeddings.Length / 2;

        var (items, embeddings) = await ledger.EmbeddingsAfter("a", 10, default);
        var (none, nothing) = await ledger.EmbeddingsAfter("d", 10, default);

        Assert.Equal(["b", "c", "d"], items.Select(item => item.Id));
        Assert.Equal(
            [.. first.Embeddings[..width], .. second.Embeddings[width..]],
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(embeddings).ToArray());
        Assert.Equal((0, 0), (none.Length, nothing.Length));
    }

    [Fact]
    public async Task After_AnyCursor_OrdinalOrder()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, [.. new[] { "b", "B", "a", "ä", "a1" }.Select(id => Rows.Picture(id))]), [], default);

        Assert.Equal(["B", "a", "a1"], ledger.After(null, 3).Select(item => item.Id));
        Assert.Equal(["b", "ä"], ledger.After("a1", 3).Select(item => item.Id));
        Assert.Equal(["b"], ledger.After("az", 1).Select(item => item.Id));
    }

    [Fact]
    public async Task Create_NameTaken_Null()
    {
        await Create();

        Assert.Null(await CorpusLedger.Create(Cache(), "c", "f", "ms25", 4, TimeProvider.System, default));
    }

    [Fact]
    public async Task Change_TwoWriters_NothingIsLost()
    {
        var first = await Create();
        var second = (await Open())!;

        await first.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        await second.Change(Rows.Of(2, Rows.Picture("b"), Rows.Picture("a", "second")), [], default);
        await first.Change(null, ["b"], default);

        var seen = (await Open())!;
        Assert.Equal(["a"], seen.After(null, 10).Select(item => item.Id));
        Assert.Equal("second", seen.Find("a")!.Source);
        Assert.Equal(4, seen.Manifest.Version);
    }

    [Fact]
    public async Task Change_ManyRacingWriters_EveryItemThereOnce()
    {
        await Create();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            var ledger = (await Open())!;
            for (var i = 0; i < 5; i++)
                Assert.True(await ledger.Change(Rows.Of(i, Rows.Picture($"{writer}-{i}"), Rows.Picture("shared", $"{writer}")), [], default));
        })));

        var seen = (await Open())!;
        Assert.Equal(31, seen.Description.Pictures);
        var live = seen.Manifest.Segments.Sum(segment => segment.Live);
        Assert.Equal(31, live);
    }

    [Fact]
    public async Task Change_ManyCallsOnOneLedger_TakeTurns()
    {
        var ledger = await Create();

        var changed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            ledger.Change(Rows.Of(i, Rows.Picture($"{i}"), Rows.Picture("shared", $"{i}")), [], default))));

        Assert.All(changed, Assert.True);
        Assert.Equal((21L, 21), (ledger.Description.Version, ledger.Description.Pictures));
        Assert.Equal(ledger.After(null, 100), (await Open())!.After(null, 100));
    }

    [Fact]
    public async Task Change_AfterDrop_False()
    {
        var ledger = await Create();
        await (await Open())!.Drop(default);

        Assert.False(await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default));
        Assert.Null(await Open());
    }

    [Fact]
    public async Task Change_AnotherCorpusHasTakenTheName_FalseAndThatOneIsUntouched()
    {
        var old = await Create();
        await (await Open())!.Drop(default);
        await Create();

        Assert.False(await old.Change(Rows.Of(1, Rows.Picture("a")), [], default));

        Assert.Equal((1L, 0), ((await Open())!.Description.Version, (await Open())!.Description.Pictures));
    }

    [Fact]
    public async Task Change_AfterItsOwnDrop_False()
    {
        var ledger = await Create();
        await ledger.Drop(default);

        Assert.False(await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default));
        Assert.Null(await Open());
    }

    [Fact]
    public async Task Change_CrashBeforeTheSwitch_CorpusAsBefore()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        await store.Write("corpora/c/segments/orphan.arrow", SegmentFile.ToBytes(Rows.Of(2, Rows.Picture("b"))), WriteCondition.IfAbsent);

        Assert.Equal(["a"], (await Open())!.After(null, 10).Select(item => item.Id));
    }

    [Fact]
    public async Task Open_ManifestDamaged_NamesTheCorpus()
    {
        await store.Write("corpora/c/manifest.json", "{\"fingerprint\": 3}"u8.ToArray(), WriteCondition.None);

        var failure = await Assert.ThrowsAsync<StoreException>(Open);

        Assert.StartsWith("The manifest of corpus 'c' is damaged: ", failure.Message);
    }

    [Fact]
    public async Task Open_SegmentGoneOrDamaged_NamesIt()
    {
        var ledger = await Create();
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        var file = ledger.Manifest.Segments[0].File;
        await store.Write(file, "no arrow"u8.ToArray(), WriteCondition.None);
        Assert.StartsWith($"The segment '{file}' is damaged: ", (await Assert.ThrowsAsync<StoreException>(Open)).Message);

        await store.Delete(file);
        Assert.Equal($"Corpus 'c' lacks its segment '{file}'.", (await Assert.ThrowsAsync<StoreException>(Open)).Message);
    }

    [Theory]
    [InlineData("c", true)]
    [InlineData("folder-0a.b_c", true)]
    [InlineData("", false)]
    [InlineData("-c", false)]
    [InlineData("C", false)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("ä", false)]
    [InlineData("c\n", false)]
    public void CorpusName_Any_OnlyPlainOnes(string name, bool valid) => Assert.Equal(valid, CorpusName.IsValid(name));

    async Task<CorpusLedger> Create() => (await CorpusLedger.Create(Cache(), "c", "f", "ms25", 4, TimeProvider.System, default))!;

    Task<CorpusLedger?> Open() => CorpusLedger.Open(Cache(), "c", 4, TimeProvider.System, default);

    /// <summary>A cache of its own, as another silo has it.</summary>
    SegmentCache Cache() => new(store, folder.Path);
}
