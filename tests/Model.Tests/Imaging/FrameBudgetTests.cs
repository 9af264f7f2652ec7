using MplugCluster.Model.Imaging;

namespace MplugCluster.Model.Tests.Imaging;

public sealed class FrameBudgetTests
{
    [Fact]
    public async Task Take_MoreThanIsLeft_WaitsUntilItIsGivenBack()
    {
        var budget = new FrameBudget(100);
        var first = budget.Take(60, default);
        Assert.Null(budget.Take(0, default));
        using var second = budget.Take(40, default);

        var third = Task.Run(() => budget.Take(50, default));

        Assert.False(third.IsCompleted);
        first!.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(30)))!.Dispose();
    }

    [Fact]
    public async Task Take_SmallOneAfterALargeOneThatWaits_DoesNotPassIt()
    {
        var budget = new FrameBudget(100);
        var first = budget.Take(60, default);
        var large = Task.Run(() => budget.Take(100, default));
        Assert.True(SpinWait.SpinUntil(() => budget.IsWaitedFor, TimeSpan.FromSeconds(30)));
        var small = Task.Run(() => budget.Take(10, default));

        first!.Dispose();

        var share = await large.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(100, budget.Taken);
        Assert.False(small.IsCompleted);
        share!.Dispose();
        (await small.WaitAsync(TimeSpan.FromSeconds(30)))!.Dispose();
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void Take_MoreThanTheBudget_AloneItMay() => new FrameBudget(100).Take(1000, default)!.Dispose();

    [Fact]
    public async Task Take_CallerGivesUp_Free()
    {
        var budget = new FrameBudget(100);
        using var held = budget.Take(100, default);
        using var cancellation = new CancellationTokenSource();
        var waiting = Task.Run(() => budget.Take(1, cancellation.Token));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
