namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// The threads that go through a shard's rows together: the one that calls, which is the scan lane's, and helpers that only it wakes. So a scan
/// takes no thread of the pool, where the grains run.
/// </summary>
public sealed class ScanTeam : IDisposable
{
    readonly Thread[] helpers;
    readonly Lock turn = new();
    readonly object gate = new();
    Round? current;
    bool stopped;

    /// <summary>Starts the helpers.</summary>
    /// <param name="threads">Threads with the caller's.</param>
    public ScanTeam(int threads)
    {
        helpers = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(Help) { IsBackground = true, Name = $"scan helper {i}" })];
        foreach (var helper in helpers)
            helper.Start();
    }

    /// <summary>Threads with the caller's.</summary>
    public int Threads => helpers.Length + 1;

    /// <summary>Runs work once on each of some threads at the same time, and waits for all; an exception of any is thrown.</summary>
    /// <param name="workers">How many; a multiple of the threads there are takes longer.</param>
    /// <param name="work">Gets the worker's number.</param>
    public void Run(int workers, Action<int> work)
    {
        if (workers == 1)
        {
            work(0);
            return;
        }

        lock (turn)
        {
            var round = new Round(workers, work);
            lock (gate)
            {
                current = round;
                Monitor.PulseAll(gate);
            }

            round.Work();
            round.Finish();
        }
    }

    /// <summary>Ends the helpers.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }

        foreach (var helper in helpers)
            helper.Join();
    }

    void Help()
    {
        Round? last = null;
        while (true)
        {
            lock (gate)
            {
                while (!stopped && (current is null || current == last))
                    Monitor.Wait(gate);
                if (stopped)
                    return;
                last = current;
            }

            last!.Work();
        }
    }

    sealed class Round(int workers, Action<int> work)
    {
        readonly ManualResetEventSlim finished = new();
        int next, done;
        volatile Exception? fault;

        public void Work()
        {
            for (var worker = Interlocked.Increment(ref next) - 1; worker < workers; worker = Interlocked.Increment(ref next) - 1)
            {
                try
                {
                    work(worker);
                }
                catch (Exception e)
                {
                    fault = e;
                }

                if (Interlocked.Increment(ref done) == workers)
                    finished.Set();
            }
        }

        public void Finish()
        {
            finished.Wait();
            if (fault is { } failed)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed);
        }
    }
}
