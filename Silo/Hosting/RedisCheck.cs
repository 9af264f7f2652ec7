using System.Diagnostics;
using System.Net;
using MplugCluster.Silo.Options;
using StackExchange.Redis;

namespace MplugCluster.Silo.Hosting;

/// <summary>A look at Redis before the silo starts, because Orleans alone would try for minutes and then show a stack trace.</summary>
static class RedisCheck
{
    /// <summary>Long enough for a Redis that starts together with the silo, or is just being restarted.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects once; a Redis that is not there yet is waited for.</summary>
    /// <exception cref="ClusterStartException">Redis has not answered for fifteen seconds, or does not let us in.</exception>
    public static async Task ThrowIfUnreachable(ClusterOptions options)
    {
        if (options.Redis.Length == 0)
            return;
        var redis = ConfigurationOptions.Parse(options.Redis);
        (redis.AbortOnConnectFail, redis.ConnectRetry) = (true, 1);
        redis.ConnectTimeout = Math.Min(redis.ConnectTimeout, (int)Patience.TotalMilliseconds);
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = await ConnectionMultiplexer.ConnectAsync(redis).WaitAsync(Patience);
                await connection.GetDatabase().PingAsync().WaitAsync(Patience);
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // The connection string may hold a password: only the servers' names are shown.
                if (Refusal(e) is { } refusal)
                    throw new ClusterStartException($"Redis at {Names(redis)} (Mplug:Cluster:Redis) {refusal}", e);
                if (waited.Elapsed > Patience)
                    throw new ClusterStartException($"Redis at {Names(redis)} (Mplug:Cluster:Redis) has not answered for {Patience.TotalSeconds:0} seconds. Start it, or correct the address.", e);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>What it says if waiting would not help.</summary>
    static string? Refusal(Exception failure) => failure switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "does not take the user and password.",
        RedisServerException e when !IsLoading(e) => $"answers: {e.Message}",
        _ => null,
    };

    /// <summary>Whether it has only just started and still reads its file.</summary>
    internal static bool IsLoading(RedisServerException answer) => answer.Message.StartsWith("LOADING", StringComparison.Ordinal);

    static string Names(ConfigurationOptions redis) => string.Join(", ", redis.EndPoints.Select(end => end is DnsEndPoint named ? $"{named.Host}:{named.Port}" : $"{end}"));
}
