using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// Where the time of one call or request went. Its work runs side by side (one picture is decoded while another is encoded and a third waits), so
/// times cannot just be added: at every moment the stage that comes last in <see cref="WorkStage"/> counts, and all stages together never take longer
/// than the clock. Thread-safe.
/// </summary>
public sealed class StageLog(TimeProvider? time = null)
{
    readonly TimeProvider time = time ?? TimeProvider.System;
    readonly long start = (time ?? TimeProvider.System).GetTimestamp();
    readonly List<StageSpan> spans = [];
    bool answered;

    /// <summary>Milliseconds since the log began.</summary>
    public double NowMs => time.GetElapsedTime(start).TotalMilliseconds;

    /// <summary>Whether a device has answered.</summary>
    public bool Answered
    {
        get
        {
            lock (spans)
                return answered;
        }
    }

    /// <summary>A piece of the work was in a stage until now.</summary>
    public void Add(WorkStage stage, double fromMs)
    {
        lock (spans)
            spans.Add(new StageSpan(stage, fromMs, NowMs));
    }

    /// <summary>Takes over what a device's silo measured of a call.</summary>
    /// <param name="call">Its spans; null: it measured nothing.</param>
    /// <param name="fromMs">When the call was sent. The way there took some of its time too, so all lies a little too early.</param>
    public void Take(StageSpan[]? call, double fromMs)
    {
        lock (spans)
        {
            answered = true;
            foreach (var span in call ?? [])
                spans.Add(new StageSpan(span.Stage, fromMs + span.FromMs, Math.Min(fromMs + span.ToMs, NowMs)));
        }
    }

    /// <summary>What was noted, in order, none overlapping another.</summary>
    public StageSpan[] Spans()
    {
        StageSpan[] noted;
        lock (spans)
            noted = [.. spans];
        var open = new int[Enum.GetValues<WorkStage>().Length];
        var apart = new List<StageSpan>();
        var last = 0.0;
        foreach (var (at, stage, step) in noted.SelectMany(Borders).OrderBy(border => border.AtMs))
        {
            if (at > last && Array.FindLastIndex(open, count => count > 0) is >= 0 and var now)
                Append(apart, new StageSpan((WorkStage)now, last, at));
            open[(int)stage] += step;
            last = at;
        }

        return [.. apart];
    }

    /// <summary>Time in each stage, in milliseconds.</summary>
    public IReadOnlyDictionary<WorkStage, double> Sums()
    {
        var sums = Enum.GetValues<WorkStage>().ToDictionary(stage => stage, _ => 0.0);
        foreach (var span in Spans())
            sums[span.Stage] += span.ToMs - span.FromMs;
        return sums;
    }

    static IEnumerable<(double AtMs, WorkStage Stage, int Step)> Borders(StageSpan span) =>
        span.ToMs > span.FromMs && Enum.IsDefined(span.Stage) ? [(span.FromMs, span.Stage, 1), (span.ToMs, span.Stage, -1)] : [];

    static void Append(List<StageSpan> apart, StageSpan next)
    {
        if (apart.Count > 0 && apart[^1] is var before && before.Stage == next.Stage && before.ToMs == next.FromMs)
            apart[^1] = before with { ToMs = next.ToMs };
        else
            apart.Add(next);
    }
}
