using MplugCluster.Silo.Health;
using MplugCluster.Silo.Options;

namespace MplugCluster.Silo.Hosting;

/// <summary>A host as a process: checked before its start, and ended in time.</summary>
public static partial class SiloProcess
{
    /// <summary>How long stopping may take: Orleans alone would try for two minutes to sign off in a table that does not answer.</summary>
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(20);
    static readonly TimeSpan FarewellOfALostSilo = TimeSpan.FromSeconds(3);

    /// <summary>Runs until the process is told to stop, or its cluster is gone.</summary>
    /// <param name="host">The host.</param>
    /// <param name="started">Called when it runs. Default: nothing.</param>
    /// <returns>The process's exit code: 1 if the membership table lost this silo, else 0.</returns>
    /// <exception cref="ClusterStartException">Redis cannot be used.</exception>
    public static async Task<int> Run(WebApplication host, Action? started = null)
    {
        await RedisCheck.ThrowIfUnreachable(host.Services.GetRequiredService<MplugOptions>().Cluster);
        await host.StartAsync();
        started?.Invoke();
        var stopped = host.WaitForShutdownAsync();
        await host.Lifetime.Stopping();
        var lost = host.Services.GetService<MembershipWatch>()?.Lost.IsCompleted ?? false;
        await Task.WhenAny(stopped, Task.Delay(lost ? FarewellOfALostSilo : Farewell));
        if (stopped.IsCompleted)
        {
            await stopped;
            await host.DisposeAsync();
        }
        else if (!lost)
        {
            LogHurried(host.Logger, Farewell.TotalSeconds);
        }

        return lost ? 1 : 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo did not end in {Seconds} s and leaves without a farewell.")]
    static partial void LogHurried(ILogger logger, double seconds);
}
