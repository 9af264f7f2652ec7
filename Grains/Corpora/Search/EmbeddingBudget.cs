namespace MplugCluster.Grains.Corpora.Search;

/// <summary>How much memory a silo's embeddings may take.</summary>
/// <param name="bytes">All of it.</param>
public sealed class EmbeddingBudget(long bytes)
{
    readonly Lock turn = new();
    long used;
    int warned;

    /// <summary>All of it, in bytes.</summary>
    public long Bytes => bytes;

    /// <summary>Takes a part of it; false if it is not left.</summary>
    public bool TryTake(long wanted)
    {
        if (Take(wanted))
            return true;

        // What nobody searches any more gives its part back when it is collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Take(wanted);
    }

    /// <summary>Bytes left.</summary>
    public long Left
    {
        get
        {
            lock (turn)
                return bytes - used;
        }
    }

    /// <summary>True the first time: a warning that is repeated with every search is read by nobody.</summary>
    public bool WarnOnce() => Interlocked.Exchange(ref warned, 1) == 0;

    /// <summary>Gives a part back.</summary>
    public void Return(long taken)
    {
        lock (turn)
            used -= taken;
    }

    bool Take(long wanted)
    {
        lock (turn)
        {
            if (used + wanted > bytes)
                return false;
            used += wanted;
            return true;
        }
    }
}
