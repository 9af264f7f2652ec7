using MplugCluster.Silo.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Runtime;
using StackExchange.Redis;

namespace MplugCluster.Silo.Health;

/// <summary>
/// Whether this silo still stands in the membership table. A table that was emptied has forgotten the cluster: silos that start now would form
/// a second one beside it, so this one ends and is started again. A table that cannot be read for a while is waited for.
/// </summary>
public sealed partial class MembershipWatch(
    IMembershipTable table,
    ILocalSiloDetails silo,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<MembershipWatch> logger) : BackgroundService
{
    /// <summary>Looks at which the silo must be missing: one alone may fall into a restart of Redis.</summary>
    const int LooksUntilLost = 2;

    static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int missing;

    /// <summary>Why the cluster's table cannot be relied on; null when it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>Done when the table has lost this silo, which then ends.</summary>
    public Task Lost => lost.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.Started(stoppingToken);
        using var timer = new PeriodicTimer(Period, time);
        while (!lost.Task.IsCompleted && await timer.WaitForNextTickAsync(stoppingToken))
            await Look(stoppingToken);
    }

    internal async Task Look(CancellationToken cancellation)
    {
        try
        {
            var found = await IsListed(cancellation);
            missing = found ? 0 : missing + 1;
            Fault = found ? null : "The membership table has lost this silo.";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var reason = e is RedisConnectionException or RedisTimeoutException ? "Redis does not answer." : e.Message;
            if (Fault is null)
                LogUnreadable(reason);
            (missing, Fault) = (0, $"The membership table cannot be read: {reason}");
        }

        if (missing < LooksUntilLost || lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        LogLost(silo.Name);
        lost.TrySetResult();
        lifetime.StopApplication();
    }

    async Task<bool> IsListed(CancellationToken cancellation)
    {
        try
        {
            return (await table.ReadAllAsync(cancellation)).TryGet(silo.SiloAddress) is not null;
        }
        catch (RedisClusteringException)
        {
            // The table itself is gone, not only the row.
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The membership table cannot be read: {Reason} Work goes on.")]
    partial void LogUnreadable(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The membership table has lost silo {Silo}: Redis was emptied. The silo ends; started again, it finds its store.")]
    partial void LogLost(string silo);
}
