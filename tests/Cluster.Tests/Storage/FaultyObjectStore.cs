using System.Runtime.CompilerServices;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Storage;

/// <summary>
/// A store whose calls a test can watch, fail, stop and delay. <see cref="OnCall"/> sees every call twice, before it reaches the inner store and
/// after it came back:
/// <list type="bullet">
/// <item>throw a <see cref="StoreException"/> before: the call fails and nothing was done; after: it was done, but its answer is lost;</item>
/// <item>await something: the caller is stopped there, whatever its own cancellation says (<see cref="StopAt"/> does it for one call);</item>
/// <item><see cref="HoldBack"/> makes one write a zombie's: its caller fails at once, and the bytes arrive when the test says.</item>
/// </list>
/// </summary>
sealed class FaultyObjectStore(IObjectStore inner) : IObjectStore
{
    readonly List<StoreCall> calls = [];
    readonly List<(Func<StoreCall, bool> At, StoreStop Stop)> stops = [];
    readonly List<(Func<StoreCall, bool> At, ZombieWrite Zombie)> zombies = [];

    /// <summary>Called with every call, before and after; several at a time. Default: does nothing.</summary>
    public Func<StoreCall, Task> OnCall { get; set; } = _ => Task.CompletedTask;

    /// <summary>What was called so far, in order, before and after.</summary>
    public StoreCall[] Calls
    {
        get
        {
            lock (calls)
                return [.. calls];
        }
    }

    /// <summary>Stops the next call of a kind for good, until the test releases it.</summary>
    public StoreStop StopAt(Func<StoreCall, bool> at)
    {
        var stop = new StoreStop();
        lock (calls)
            stops.Add((at, stop));
        return stop;
    }

    /// <summary>Holds the next such write back: its caller gets a <see cref="StoreException"/>, as if the connection were lost.</summary>
    public ZombieWrite HoldBack(Func<StoreCall, bool> at)
    {
        var zombie = new ZombieWrite();
        lock (calls)
            zombies.Add((at, zombie));
        return zombie;
    }

    /// <inheritdoc/>
    public string? LocalFile(string path) => inner.LocalFile(path);

    /// <inheritdoc/>
    public Task<StoredObject?> Read(string path, CancellationToken cancellation = default) =>
        Call(StoreOperation.Read, path, () => inner.Read(path, cancellation));

    /// <inheritdoc/>
    public Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default) =>
        Call(StoreOperation.Read, path, () => inner.ReadRange(path, offset, length, cancellation));

    /// <inheritdoc/>
    public Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default) =>
        Call(StoreOperation.Head, path, () => inner.Head(path, cancellation));

    /// <inheritdoc/>
    public Task<bool> Delete(string path, CancellationToken cancellation = default) =>
        Call(StoreOperation.Delete, path, () => inner.Delete(path, cancellation));

    /// <inheritdoc/>
    public Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default)
    {
        if (Take(zombies, new StoreCall(StoreOperation.Write, path, IsDone: false)) is not { } zombie)
            return Call(StoreOperation.Write, path, () => inner.Write(path, content, condition, cancellation));
        var bytes = content.ToArray();
        zombie.Catch(() => inner.Write(path, bytes, condition, CancellationToken.None));
        throw new StoreException($"The connection was lost while '{path}' was written.");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> List(string folder, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Tell(new StoreCall(StoreOperation.List, folder, IsDone: false));
        await foreach (var info in inner.List(folder, cancellation))
            yield return info;
        await Tell(new StoreCall(StoreOperation.List, folder, IsDone: true));
    }

    async Task<T> Call<T>(StoreOperation operation, string path, Func<Task<T>> act)
    {
        await Tell(new StoreCall(operation, path, IsDone: false));
        var result = await act();
        await Tell(new StoreCall(operation, path, IsDone: true));
        return result;
    }

    async Task Tell(StoreCall call)
    {
        lock (calls)
            calls.Add(call);
        await OnCall(call);
        if (Take(stops, call) is { } stop)
            await stop.Wait();
    }

    T? Take<T>(List<(Func<StoreCall, bool> At, T Taken)> waiting, StoreCall call) where T : class
    {
        lock (calls)
        {
            var found = waiting.FindIndex(entry => entry.At(call));
            if (found < 0)
                return null;
            var taken = waiting[found].Taken;
            waiting.RemoveAt(found);
            return taken;
        }
    }
}
