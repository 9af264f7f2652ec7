namespace MplugCluster.Grains.Inference;

/// <summary>
/// The moment after which nobody waits for an answer any more, and whether somebody waits at all: work of a job gives way to work of a caller.
/// Between machines only the time left travels, never a clock.
/// </summary>
public readonly struct Deadline
{
    readonly TimeProvider time;
    readonly long start;
    readonly int budgetMs;

    Deadline(TimeProvider time, int budgetMs, bool background) =>
        (this.time, start, this.budgetMs, Background) = (time, time.GetTimestamp(), budgetMs, background);

    /// <summary>Whether the work belongs to a job, which lets interactive requests pass.</summary>
    public bool Background { get; }

    /// <summary>A deadline so many milliseconds from now.</summary>
    public static Deadline In(int budgetMs, TimeProvider? time = null) => new(time ?? TimeProvider.System, budgetMs, background: false);

    /// <summary>A deadline for work of a job.</summary>
    public static Deadline InBackground(int budgetMs, TimeProvider? time = null) => new(time ?? TimeProvider.System, budgetMs, background: true);

    /// <summary>Where it is noted what the time goes to; null: nowhere.</summary>
    public StageLog? Log { get; private init; }

    /// <summary>The same deadline, whose work notes what its time goes to.</summary>
    public Deadline Logged(StageLog log) => this with { Log = log };

    /// <summary>Where it is counted what a job's time goes to; null: nowhere.</summary>
    public WorkMeter? Meter { get; private init; }

    /// <summary>The same deadline, whose work is counted.</summary>
    public Deadline Metered(WorkMeter meter) => this with { Meter = meter };

    /// <summary>Notes, where it is counted, that something begins; disposed, that it has ended.</summary>
    public IDisposable? Begin(WorkActivity activity) => Meter?.Begin(activity);

    /// <summary>Milliseconds left; 0 when it has passed.</summary>
    public int RemainingMs => (int)Math.Clamp(budgetMs - time.GetElapsedTime(start).TotalMilliseconds, 0, int.MaxValue);

    /// <summary>Whether it has passed.</summary>
    public bool Expired => RemainingMs == 0;
}
