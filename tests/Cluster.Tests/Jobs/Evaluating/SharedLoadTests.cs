using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Jobs.Evaluating;

namespace MplugCluster.Cluster.Tests.Jobs.Evaluating;

public sealed class SharedLoadTests
{
    [Fact]
    public async Task Get_SeveralAtOnce_LoadOnce()
    {
        var (shared, gate, loads) = (new SharedLoad<string>(TimeSpan.FromHours(1)), new TaskCompletionSource<string>(), 0);
        var callers = Enumerable.Range(0, 8).Select(_ => shared.Get(Load, default)).ToArray();

        gate.SetResult("set");

        Assert.All(await Task.WhenAll(callers), found => Assert.Equal("set", found));
        Assert.Equal("set", await shared.Get(Load, default));
        Assert.Equal(1, loads);
        shared.Forget();
        await shared.Get(Load, default);
        Assert.Equal(2, loads);

        Task<string> Load()
        {
            Interlocked.Increment(ref loads);
            return gate.Task;
        }
    }

    [Fact]
    public async Task Get_LoadFailed_NextCallerTriesAgain()
    {
        var shared = new SharedLoad<string>();

        await Assert.ThrowsAsync<IOException>(() => shared.Get(() => throw new IOException("lost"), default));

        Assert.Equal("set", await shared.Get(() => Task.FromResult("set"), default));
    }

    [Fact]
    public async Task Get_CallerGivesUp_LoadGoesOnForTheNext()
    {
        var (shared, gate) = (new SharedLoad<string>(), new TaskCompletionSource<string>());
        using var impatient = new CancellationTokenSource();
        var first = shared.Get(() => gate.Task, impatient.Token);

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = shared.Get(() => throw new InvalidOperationException("It is being loaded."), default);
        gate.SetResult("set");
        Assert.Equal("set", await second);
    }

    [Fact]
    public async Task Get_NobodyAsksForAWhile_IsLetGoButNotWhileItLoads()
    {
        var (time, gate) = (new FakeTimeProvider(), new TaskCompletionSource<string>());
        var shared = new SharedLoad<string>(TimeSpan.FromMinutes(1), time);
        var first = shared.Get(() => gate.Task, default);
        time.Advance(TimeSpan.FromMinutes(5));
        gate.SetResult("set");
        Assert.Equal("set", await first);
        Assert.Equal("set", await shared.Get(() => Task.FromResult("loaded again"), default));

        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("loaded again", await shared.Get(() => Task.FromResult("loaded again"), default));
    }
}
