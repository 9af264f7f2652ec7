using System.Runtime.ExceptionServices;

namespace MplugCluster.Model.Inference;

/// <summary>Several pieces of work at a time.</summary>
static class SideBySide
{
    /// <summary>Does all pieces, or throws what one of them threw.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">How many at a time, at most; 1: one after another, on the caller's thread.</param>
    /// <param name="work">Does one of them.</param>
    public static void Run(int count, int threads, Action<int> work)
    {
        if (threads == 1)
        {
            // Here: a device may belong to the thread that asks.
            for (var piece = 0; piece < count; piece++)
                work(piece);
            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
        }
        catch (AggregateException e) when (e.InnerException is { } first)
        {
            // What is wrong is told by the exception itself: too little memory halves the batch.
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
