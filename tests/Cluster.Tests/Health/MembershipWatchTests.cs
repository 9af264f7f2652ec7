using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Silo.Health;
using Orleans.Clustering.Redis;
using Orleans.Runtime;
using StackExchange.Redis;

namespace MplugCluster.Cluster.Tests.Health;

public sealed class MembershipWatchTests
{
    static readonly SiloAddress Own = SiloAddress.New(IPAddress.Loopback, 11111, 1);
    static readonly SiloAddress Other = SiloAddress.New(IPAddress.Loopback, 11112, 1);

    readonly FakeMembershipTable table = new();
    readonly Lifetime lifetime = new();
    readonly MembershipWatch watch;

    public MembershipWatchTests() =>
        watch = new MembershipWatch(table, new NamedSilo("own", Own), lifetime, TimeProvider.System, NullLogger<MembershipWatch>.Instance);

    [Fact]
    public async Task Look_SiloListed_NoFault()
    {
        table.Rows.AddRange([Other, Own]);

        await Look(3);

        Assert.Equal((null, false, false), (watch.Fault, watch.Lost.IsCompleted, lifetime.Stopped));
    }

    [Fact]
    public async Task Look_RowGoneOnceAndBackAgain_NotLost()
    {
        await Look(1);
        Assert.Equal(("The membership table has lost this silo.", false), (watch.Fault, watch.Lost.IsCompleted));

        table.Rows.Add(Own);
        await Look(1);
        table.Rows.Clear();
        await Look(1);

        Assert.False(watch.Lost.IsCompleted);
    }

    [Fact]
    public async Task Look_RowGoneTwice_LostAndTheProcessStops()
    {
        table.Rows.Add(Other);

        await Look(2);

        Assert.Equal(("The membership table has lost this silo.", true, true), (watch.Fault, watch.Lost.IsCompleted, lifetime.Stopped));
    }

    [Fact]
    public async Task Look_TableGoneTwice_Lost()
    {
        table.Fault = new RedisClusteringException("The Redis membership table version is missing.");

        await Look(2);

        Assert.True(watch.Lost.IsCompleted);
    }

    [Fact]
    public async Task Look_TableUnreadableForLong_NotReadyButNeverLost()
    {
        table.Rows.Add(Other);
        await Look(1);
        table.Fault = new RedisConnectionException(ConnectionFailureType.SocketClosed, "a very long story");

        await Look(10);

        Assert.Equal(
            ("The membership table cannot be read: Redis does not answer.", false, false), (watch.Fault, watch.Lost.IsCompleted, lifetime.Stopped));
        table.Fault = new RedisServerException("LOADING Redis is loading the dataset in memory");
        await Look(1);
        Assert.Equal("The membership table cannot be read: LOADING Redis is loading the dataset in memory", watch.Fault);
        (table.Fault, table.Rows[0]) = (null, Own);
        await Look(1);
        Assert.Null(watch.Fault);
    }

    async Task Look(int times)
    {
        for (var i = 0; i < times; i++)
            await watch.Look(CancellationToken.None);
    }

    sealed class Lifetime : IHostApplicationLifetime
    {
        public bool Stopped { get; private set; }

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopped = true;
    }
}
