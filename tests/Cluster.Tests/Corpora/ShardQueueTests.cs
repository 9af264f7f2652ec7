using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Corpora;

public sealed class ShardQueueTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ScanTeam team = new(2);

    public void Dispose()
    {
        team.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Search_ManyCallersWait_OnePassAndTheSameBits()
    {
        var shard = await Fill();
        using var lane = new Lane("scan", 1, 100);
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var queue = new ShardQueue(lane, team);
        var queries = Enumerable.Range(0, 30).Select(i => new RowQuery(Rows.Vector(new Random(i)), i % 2 == 0 ? null : ItemKind.Text, null, 1 + i)).ToArray();
        var alone = queries.Select(query => shard.Search([query], team)).ToArray();
        var holding = lane.Run(() => Hold(begun, gate), 0, Deadline.In(60_000), default);
        begun.Wait();
        var before = queue.Passes;

        var waiting = queries.Chunk(3).Select(some => queue.Search(shard, some, Deadline.In(60_000), default)).ToArray();
        gate.Set();
        await holding;
        var found = (await Task.WhenAll(waiting)).SelectMany(reply => Enumerable.Range(0, 3).Select(i => HitPacking.Part(reply.Value!, i, 1))).ToArray();

        Assert.Equal(1, queue.Passes - before);
        for (var i = 0; i < queries.Length; i++)
            Assert.Equal(HitPacking.Unpack(alone[i], 0)[0].Select(Plain), HitPacking.Unpack(found[i], 0)[0].Select(Plain));

        static (float, string, string, int) Plain(ShardHit hit) => (hit.Similarity, System.Text.Encoding.UTF8.GetString(hit.Id.Span), hit.File, hit.Row);
    }

    [Fact]
    public async Task Search_CallerWhoLeft_IsNotSearchedFor()
    {
        var shard = await Fill();
        using var lane = new Lane("scan", 1, 100);
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var leaving = new CancellationTokenSource();
        var queue = new ShardQueue(lane, team);
        var holding = lane.Run(() => Hold(begun, gate), 0, Deadline.In(60_000), default);
        begun.Wait();
        var query = new RowQuery(Rows.Vector(new Random(1)), null, null, 3);

        var left = queue.Search(shard, [query], Deadline.In(60_000), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        gate.Set();
        await holding;

        Assert.Equal(0, queue.Passes);
    }

    [Fact]
    public void ScanTeam_ManyRounds_EveryWorkerOnceInEach()
    {
        for (var round = 0; round < 2000; round++)
        {
            var ran = new int[5];
            team.Run(ran.Length, worker => Interlocked.Increment(ref ran[worker]));
            Assert.All(ran, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void ScanTeam_WorkThatThrows_ReachesTheCaller()
    {
        Assert.Throws<InvalidDataException>(() => team.Run(2, worker => throw new InvalidDataException()));
        team.Run(2, _ => { });
    }

    static bool Hold(ManualResetEventSlim begun, ManualResetEventSlim gate)
    {
        begun.Set();
        gate.Wait();
        return true;
    }

    async Task<EmbeddingShard> Fill()
    {
        var cache = new SegmentCache(new DirectoryObjectStore(folder.Path), folder.Path);
        var ledger = (await CorpusLedger.Create(cache, "c", "f", "ms25", 1000, TimeProvider.System, default))!;
        await ledger.Change(Rows.Of(1, [.. Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? Rows.Text($"{i}") : Rows.Picture($"{i}"))]), [], default);
        return (await EmbeddingShard.Load(
            cache, new ShardAddress("c", 0, null), 1000, EmbeddingPrecision.Fp32, new EmbeddingBudget(long.MaxValue), default))!;
    }
}
