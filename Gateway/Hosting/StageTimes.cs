using System.Diagnostics;
using System.Globalization;
using System.Text;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Gateway.Hosting;

/// <summary>
/// Where the time of one request went, for its <c>Server-Timing</c> header: first the Gateway's own stages, one after the other; then, if devices
/// were asked, what their silos measured meanwhile, apart from the way there and back. One request uses it at a time.
/// </summary>
sealed class StageTimes
{
    /// <summary>Stages of devices, in the order in which work usually comes through them.</summary>
    static readonly (WorkStage Stage, string Name)[] OfDevices =
    [
        (WorkStage.Queue, "queue"), (WorkStage.Preprocess, "preprocess"), (WorkStage.Inference, "inference"), (WorkStage.Store, "store"),
    ];

    readonly List<(string Stage, double Ms)> stages = [];

    /// <summary>What the devices' silos measured: all calls of the request together, no moment twice.</summary>
    public StageLog Devices { get; } = new();

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
            Append(stage, ms);
        if (Devices.Answered)
        {
            var sums = Devices.Sums();
            foreach (var (stage, name) in OfDevices)
                Append(name, sums[stage]);
        }

        return text.Append(CultureInfo.InvariantCulture, $"total;dur={total.TotalMilliseconds:0.###}").ToString();

        void Append(string stage, double ms) => text.Append(CultureInfo.InvariantCulture, $"{stage};dur={ms:0.###}, ");
    }
}
