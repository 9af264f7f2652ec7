using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MplugCluster.Cluster.Tests.Jobs;
using MplugCluster.Silo.Hosting;
using Orleans.Runtime;
using StackExchange.Redis;

namespace MplugCluster.Cluster.Tests.Health;

public sealed class PatientMembershipTableTests
{
    static readonly Exception Gone = new RedisConnectionException(ConnectionFailureType.SocketClosed, "SocketClosed");

    readonly FakeMembershipTable redis = new();
    readonly PatientMembershipTable table;

    public PatientMembershipTableTests() => table = new PatientMembershipTable(redis, new HastyTime(), NullLogger<PatientMembershipTable>.Instance);

    public static TheoryData<Exception> Passing =>
    [
        Gone,
        new RedisTimeoutException("Timeout awaiting response", CommandStatus.Sent),
        new RedisServerException("LOADING Redis is loading the dataset in memory"),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Initialize_RedisComesBack_TriedUntilItDoes(Exception fault)
    {
        (redis.Fault, redis.FaultyBeginnings) = (fault, 2);

        await table.InitializeMembershipTableAsync(true, CancellationToken.None);

        Assert.Equal(3, redis.Beginnings);
    }

    [Fact]
    public async Task Initialize_RedisStaysAway_FailsAfterFifteenSeconds()
    {
        redis.Fault = Gone;

        Assert.Same(Gone, await Assert.ThrowsAsync<RedisConnectionException>(() => table.InitializeMembershipTableAsync(true, CancellationToken.None)));

        Assert.Equal(1 + (int)(TimeSpan.FromSeconds(15) / PatientMembershipTable.Pause), redis.Beginnings);
    }

    [Fact]
    public async Task Initialize_RedisRefuses_FailsAtOnce()
    {
        redis.Fault = new RedisServerException("NOPERM this user has no permissions");

        await Assert.ThrowsAsync<RedisServerException>(() => table.InitializeMembershipTableAsync(true, CancellationToken.None));

        Assert.Equal(1, redis.Beginnings);
    }

    [Fact]
    public async Task ReadAll_RedisIsGone_FailsAtOnce()
    {
        redis.Fault = Gone;

        await Assert.ThrowsAsync<RedisConnectionException>(() => table.ReadAllAsync(CancellationToken.None));

        redis.Fault = null;
        redis.Rows.Add(SiloAddress.New(IPAddress.Loopback, 11111, 1));
        Assert.Single((await table.ReadAllAsync(CancellationToken.None)).Members);
    }
}
