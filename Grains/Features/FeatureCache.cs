namespace MplugCluster.Grains.Features;

/// <summary>
/// The silo's one cache of image and text features with one byte budget: the least recently used entries leave first. Several callers that
/// miss the same key share one load; a caller that gives up does not take the load from the others. Thread-safe.
/// </summary>
public sealed class FeatureCache(long budgetBytes)
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    readonly LinkedList<Entry> byUse = new();
    readonly Dictionary<string, Flight> flights = new(StringComparer.Ordinal);
    long bytesHeld;

    /// <summary>Bytes that it may hold.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>Bytes held.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
                return bytesHeld;
        }
    }

    /// <summary>A value, if it is held.</summary>
    public T? Find<T>(string key) where T : class
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
                return null;
            byUse.Remove(node);
            byUse.AddFirst(node);
            return (T)node.Value.Value;
        }
    }

    /// <summary>Keeps a value, unless it alone is more than the budget.</summary>
    public void Add(string key, object value, long bytes)
    {
        lock (gate)
        {
            if (bytes > budgetBytes || entries.ContainsKey(key))
                return;
            entries[key] = byUse.AddFirst(new Entry(key, value, bytes));
            bytesHeld += bytes;
            while (bytesHeld > budgetBytes)
            {
                var last = byUse.Last!.Value;
                byUse.RemoveLast();
                entries.Remove(last.Key);
                bytesHeld -= last.Bytes;
            }
        }
    }

    /// <summary>Runs a load that concurrent callers of the same key share. What it returns is for the caller to keep with <see cref="Add"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="load">The load; its token fires when the last waiting caller has given up.</param>
    /// <param name="cancellation">This caller's own.</param>
    public async Task<T> Share<T>(string key, Func<CancellationToken, Task<T>> load, CancellationToken cancellation)
    {
        Flight flight;
        lock (gate)
        {
            if (!flights.TryGetValue(key, out flight!))
            {
                flight = new Flight();
                flights[key] = flight;
                flight.Task = Task.Run(() => Fly(key, flight, load), CancellationToken.None);
            }

            flight.Waiting++;
        }

        try
        {
            return await ((Task<T>)flight.Task).WaitAsync(cancellation);
        }
        finally
        {
            lock (gate)
            {
                if (--flight.Waiting == 0 && !flight.Task.IsCompleted)
                {
                    // Nobody wants it any more; a new caller must not join a load that is being cancelled.
                    flights.Remove(key);
                    flight.Cancellation.Cancel();
                }
            }
        }
    }

    async Task<T> Fly<T>(string key, Flight flight, Func<CancellationToken, Task<T>> load)
    {
        try
        {
            return await load(flight.Cancellation.Token);
        }
        finally
        {
            lock (gate)
            {
                if (flights.GetValueOrDefault(key) == flight)
                    flights.Remove(key);
            }
        }
    }

    sealed record Entry(string Key, object Value, long Bytes);

    sealed class Flight
    {
        public Task Task { get; set; } = Task.CompletedTask;

        public CancellationTokenSource Cancellation { get; } = new();

        public int Waiting { get; set; }
    }
}
