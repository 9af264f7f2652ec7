using System.Net;
using MplugCluster.Silo.Options;
using StackExchange.Redis;

namespace MplugCluster.Silo.Hosting;

/// <summary>A look at Redis before the silo starts, because Orleans alone would try for minutes and then show a stack trace.</summary>
static class RedisCheck
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Connects once.</summary>
    /// <exception cref="ClusterStartException">Redis does not answer in ten seconds, or does not let us in.</exception>
    public static async Task ThrowIfUnreachable(ClusterOptions options)
    {
        if (options.Redis.Length == 0)
            return;
        var redis = ConfigurationOptions.Parse(options.Redis);
        (redis.AbortOnConnectFail, redis.ConnectRetry) = (true, 1);
        redis.ConnectTimeout = Math.Min(redis.ConnectTimeout, (int)Patience.TotalMilliseconds);
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(redis).WaitAsync(Patience);
            await connection.GetDatabase().PingAsync().WaitAsync(Patience);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The connection string may hold a password: only the servers' names are shown.
            throw new ClusterStartException($"Redis at {Names(redis)} (Mplug:Cluster:Redis) {Reason(e)}", e);
        }
    }

    static string Reason(Exception failure) => failure switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "does not take the user and password.",
        RedisServerException e => $"answers: {e.Message}",
        _ => $"does not answer. Start it, or correct the address.",
    };

    static string Names(ConfigurationOptions redis) => string.Join(", ", redis.EndPoints.Select(end => end is DnsEndPoint named ? $"{named.Host}:{named.Port}" : $"{end}"));
}
