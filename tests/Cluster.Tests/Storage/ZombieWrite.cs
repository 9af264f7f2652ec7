namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>A write whose caller has given it up, and which still arrives.</summary>
sealed class ZombieWrite
{
    readonly TaskCompletionSource<Func<Task<string?>>> caught = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the write is held back.</summary>
    public Task Caught => caught.Task;

    /// <summary>Lets it arrive now.</summary>
    /// <returns>Its ETag, or null if its condition does not hold any more.</returns>
    public async Task<string?> Arrive() => await (await caught.Task)();

    internal void Catch(Func<Task<string?>> write) => caught.TrySetResult(write);
}
