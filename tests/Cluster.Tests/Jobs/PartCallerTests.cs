using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Placement;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>A part that takes longer than it may.</summary>
public sealed class PartCallerTests
{
    const int BudgetMs = 60_000, MarginMs = 30_000;

    static readonly SiloAddress Silo = SiloAddress.New(IPAddress.Loopback, 11111, 1);

    readonly FakeTimeProvider clock = new();
    readonly FakePart part = new();
    readonly Membership membership = new();

    [Fact]
    public async Task Call_AnswerComesAfterItsTimeButWithinTheMargin_IsTaken()
    {
        var call = Call();
        clock.Advance(TimeSpan.FromMilliseconds(BudgetMs + MarginMs - 1));
        Assert.False(call.IsCompleted);

        part.Answer.SetResult(FakePart.Reply);

        Assert.Equal(new PartLanding(FakePart.Reply), await call.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(part.Token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(SiloStatus.Active, false)]
    [InlineData(SiloStatus.ShuttingDown, false)]
    [InlineData(SiloStatus.Dead, true)]
    public async Task Call_NoAnswer_GivenUpAndTheSiloBlamedOnlyIfItDied(SiloStatus status, bool isLost)
    {
        var call = Call();
        membership.Status = status;
        clock.Advance(TimeSpan.FromMilliseconds(BudgetMs + MarginMs));

        // As long as the silo stays up its death is waited for, for some time.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!call.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var landing = await call;
        Assert.Equal((null, isLost), (landing.Reply, landing.DeviceLost));
        Assert.NotNull(landing.Message);
        Assert.True(part.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Call_JobIsStopped_NobodyIsBlamed()
    {
        using var stop = new CancellationTokenSource();
        var call = Call(stop.Token);

        await stop.CancelAsync();

        Assert.Equal(new PartLanding(null, false, "The job was stopped."), await call.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(part.Token.IsCancellationRequested);
    }

    Task<PartLanding> Call(CancellationToken cancellation = default)
    {
        var factory = DispatchProxy.Create<IGrainFactory, PartFactory>();
        ((PartFactory)(object)factory).Part = part;
        return new PartCaller(factory, membership, clock).Call(
            new RingDevice("host", "a", "cpu"), new PartRequest("j", 0, 1, 0, BudgetMs, []), cancellation);
    }

    /// <summary>A factory that gives one grain, whatever it is asked for. Proxies must be made from a class that is open.</summary>
    public class PartFactory : DispatchProxy
    {
        internal FakePart Part { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Part;
    }

    internal sealed class FakePart : IJobPartGrain
    {
        public static readonly PartReply Reply = new(new DeviceReply(CallStatus.Ok), null, 1, 0, -1, new WorkTimes(), ImageLookup.FromNowhere);

        public TaskCompletionSource<PartReply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token { get; private set; }

        public Task<PartReply> Run(PartRequest request, CancellationToken cancellation = default)
        {
            Token = cancellation;
            return Answer.Task;
        }
    }

    sealed class Membership : IClusterMembershipService
    {
        public SiloStatus Status { get; set; } = SiloStatus.Active;

        public ClusterMembershipSnapshot CurrentSnapshot => new(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(Silo, new ClusterMember(Silo, Status, "a")), new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress) => Task.FromResult(false);
    }
}
