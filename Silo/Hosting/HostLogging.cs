using Microsoft.Extensions.Configuration.Memory;

namespace MplugCluster.Silo.Hosting;

/// <summary>How a process logs: to stderr, because stdout belongs to results, and without a line for every request and every silo option.</summary>
public static class HostLogging
{
    /// <summary>Sets both; configuration (<c>Logging__LogLevel__Orleans=Information</c>) still has the last word.</summary>
    public static void UseStderr(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:Orleans"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
            },
        });
    }
}
