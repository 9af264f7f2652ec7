namespace MplugCluster.Grains.Inference;

/// <summary>The moment after which nobody waits for an answer any more. Between machines only the time left travels, never a clock.</summary>
public readonly struct Deadline
{
    readonly TimeProvider time;
    readonly long start;
    readonly int budgetMs;

    Deadline(TimeProvider time, int budgetMs) => (this.time, start, this.budgetMs) = (time, time.GetTimestamp(), budgetMs);

    /// <summary>A deadline so many milliseconds from now.</summary>
    public static Deadline In(int budgetMs, TimeProvider? time = null) => new(time ?? TimeProvider.System, budgetMs);

    /// <summary>Milliseconds left; 0 when it has passed.</summary>
    public int RemainingMs => (int)Math.Clamp(budgetMs - time.GetElapsedTime(start).TotalMilliseconds, 0, int.MaxValue);

    /// <summary>Whether it has passed.</summary>
    public bool Expired => RemainingMs == 0;
}
