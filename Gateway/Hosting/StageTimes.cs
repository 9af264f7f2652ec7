using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MplugCluster.Gateway.Hosting;

/// <summary>Where the time of one request went, for its <c>Server-Timing</c> header. One request uses it at a time.</summary>
sealed class StageTimes
{
    readonly List<(string Stage, double Ms)> stages = [];

    /// <summary>The request's own.</summary>
    public static StageTimes Of(HttpContext context)
    {
        if (context.Items.TryGetValue(typeof(StageTimes), out var known))
            return (StageTimes)known!;
        var times = new StageTimes();
        context.Items[typeof(StageTimes)] = times;
        return times;
    }

    /// <summary>Time of a stage, in milliseconds; its name is a token as HTTP has them.</summary>
    public void Add(string stage, double ms) => stages.Add((stage, ms));

    /// <summary>Measures a stage.</summary>
    public async Task<T> Measure<T>(string stage, Task<T> work)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await work;
        }
        finally
        {
            Add(stage, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    /// <summary>All stages and the whole, in the header's form.</summary>
    public string Header(TimeSpan total)
    {
        var text = new StringBuilder();
        foreach (var (stage, ms) in stages)
            text.Append(CultureInfo.InvariantCulture, $"{stage};dur={ms:0.###}, ");
        return text.Append(CultureInfo.InvariantCulture, $"total;dur={total.TotalMilliseconds:0.###}").ToString();
    }
}
