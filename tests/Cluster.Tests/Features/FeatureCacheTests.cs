using MplugCluster.Grains.Features;

namespace MplugCluster.Cluster.Tests.Features;

public sealed class FeatureCacheTests
{
    [Fact]
    public void Add_OverBudget_TheLeastRecentlyUsedLeave()
    {
        var cache = new FeatureCache(30);
        foreach (var key in new[] { "a", "b", "c" })
            cache.Add(key, key, 10);
        cache.Find<string>("a");

        cache.Add("d", "d", 10);

        Assert.Equal(["a", null, "c", "d"], new[] { "a", "b", "c", "d" }.Select(cache.Find<string>));
        Assert.Equal(30, cache.Bytes);
    }

    [Fact]
    public void Add_LargerThanTheBudget_NotKeptAndNothingLeaves()
    {
        var cache = new FeatureCache(30);
        cache.Add("a", "a", 10);

        cache.Add("b", "b", 31);

        Assert.Equal(["a", null], new[] { "a", "b" }.Select(cache.Find<string>));
    }

    [Fact]
    public void Add_KeyAgain_CountedOnce()
    {
        var cache = new FeatureCache(30);
        cache.Add("a", "a", 10);
        cache.Add("a", "a", 10);

        Assert.Equal(10, cache.Bytes);
    }

    [Fact]
    public async Task Share_ManyCallers_OneLoad()
    {
        var (cache, loads, gate) = (new FeatureCache(30), 0, new TaskCompletionSource<string>());
        var callers = Enumerable.Range(0, 20).Select(_ => cache.Share("a", _ =>
        {
            Interlocked.Increment(ref loads);
            return gate.Task;
        }, default)).ToArray();

        gate.SetResult("value");

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal("value", value));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task Share_LoadFails_EveryCallerHearsAndTheNextLoadsAgain()
    {
        var cache = new FeatureCache(30);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            cache.Share<string>("a", _ => throw new InvalidOperationException(), default));

        Assert.Equal("value", await cache.Share("a", _ => Task.FromResult("value"), default));
    }

    [Fact]
    public async Task Share_OneCallerGivesUp_TheOthersKeepTheLoad()
    {
        var (cache, gate) = (new FeatureCache(30), new TaskCompletionSource<string>());
        using var patience = new CancellationTokenSource();
        CancellationToken seen = default;
        var first = cache.Share("a", token => Load(token), patience.Token);
        var second = cache.Share("a", token => Load(token), default);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(seen.IsCancellationRequested);
        gate.SetResult("value");
        Assert.Equal("value", await second);

        Task<string> Load(CancellationToken token)
        {
            seen = token;
            return gate.Task;
        }
    }

    [Fact]
    public async Task Share_AllCallersGiveUp_TheLoadIsCancelledAndANewCallerLoadsAfresh()
    {
        var cache = new FeatureCache(30);
        using var patience = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var only = cache.Share<string>("a", async token =>
        {
            begun.SetResult();
            await using var registration = token.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, token);
            return "never";
        }, patience.Token);
        await begun.Task;

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("value", await cache.Share("a", _ => Task.FromResult("value"), default));
    }

    [Fact]
    public async Task AddAndFind_ManyThreads_NeverOverBudget()
    {
        var cache = new FeatureCache(500);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 5000; i++)
            {
                var key = $"{random.Next(200)}";
                if (cache.Find<string>(key) is { } found)
                    Assert.Equal(key, found);
                else
                    cache.Add(key, key, random.Next(1, 20));
                Assert.InRange(cache.Bytes, 0, 500);
            }
        })));
    }
}
