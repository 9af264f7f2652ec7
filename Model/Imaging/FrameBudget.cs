namespace MplugCluster.Model.Imaging;

/// <summary>
/// Bytes that all running decodes together may hold in whole frames. A picture of a few kilobytes may claim a hundred million pixels; one such at
/// a time is affordable, one on every thread is not.
/// </summary>
sealed class FrameBudget(long bytes)
{
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    readonly Lock gate = new();
    readonly SemaphoreSlim turn = new(1, 1); // only one waits for bytes, the others for their turn: else small pictures pass a large one for ever
    readonly ManualResetEventSlim freed = new();
    long taken;

    /// <summary>The process's.</summary>
    public static FrameBudget Shared { get; } = new(1L << 30);

    /// <summary>Bytes of the running decodes.</summary>
    public long Taken
    {
        get
        {
            lock (gate)
                return taken;
        }
    }

    /// <summary>Whether a decode waits for bytes, or is just getting them.</summary>
    public bool IsWaitedFor => turn.CurrentCount == 0;

    /// <summary>
    /// Waits until so many bytes are free, or nothing is taken at all; dispose of the result to give them back. Who has some must not ask for more: two such
    /// would wait for each other.
    /// </summary>
    public IDisposable? Take(long wanted, CancellationToken cancellation)
    {
        if (wanted == 0)
            return null;
        turn.Wait(cancellation);
        try
        {
            return TakeInTurn(wanted, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    Share TakeInTurn(long wanted, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            lock (gate)
            {
                freed.Reset();
                if (taken == 0 || taken + wanted <= bytes)
                {
                    taken += wanted;
                    return new Share(this, wanted);
                }
            }

            freed.Wait(LookAgain, cancellation);
        }
    }

    void Give(long share)
    {
        lock (gate)
        {
            taken -= share;
            freed.Set();
        }
    }

    sealed class Share(FrameBudget budget, long bytes) : IDisposable
    {
        public void Dispose() => budget.Give(bytes);
    }
}
