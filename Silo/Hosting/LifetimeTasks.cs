namespace MplugCluster.Silo.Hosting;

/// <summary>A host's lifetime as tasks.</summary>
static class LifetimeTasks
{
    /// <summary>Done when the host has started.</summary>
    public static Task Started(this IHostApplicationLifetime lifetime, CancellationToken cancellation) =>
        Of(lifetime.ApplicationStarted).WaitAsync(cancellation);

    /// <summary>Done when the host is told to stop.</summary>
    public static Task Stopping(this IHostApplicationLifetime lifetime) => Of(lifetime.ApplicationStopping);

    static Task Of(CancellationToken moment)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        moment.Register(() => done.TrySetResult());
        return done.Task;
    }
}
