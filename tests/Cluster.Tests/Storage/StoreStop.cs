namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>A call that stands still: what a process looks like to the others when it hangs, or has died, at that point.</summary>
sealed class StoreStop
{
    readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when a call stands here.</summary>
    public Task Reached => reached.Task;

    /// <summary>Lets it go on.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>Ends it with an exception.</summary>
    public void Fail(Exception failure) => released.TrySetException(failure);

    internal Task Wait()
    {
        reached.TrySetResult();
        return released.Task;
    }
}
