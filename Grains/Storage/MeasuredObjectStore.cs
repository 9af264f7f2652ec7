using System.Diagnostics;
using MplugCluster.Grains.Inference;

namespace MplugCluster.Grains.Storage;

/// <summary>A store whose reads and writes are measured.</summary>
/// <param name="store">The store.</param>
/// <param name="instruments">Told of them.</param>
public sealed class MeasuredObjectStore(IObjectStore store, Instruments instruments) : IObjectStore
{
    /// <inheritdoc/>
    public Task<StoredObject?> Read(string path, CancellationToken cancellation = default) => Measure("read", () => store.Read(path, cancellation));

    /// <inheritdoc/>
    public Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default) =>
        Measure("read", () => store.ReadRange(path, offset, length, cancellation));

    /// <inheritdoc/>
    public Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default) =>
        Measure("write", () => store.Write(path, content, condition, cancellation));

    /// <inheritdoc/>
    public Task<bool> Delete(string path, CancellationToken cancellation = default) => Measure("delete", () => store.Delete(path, cancellation));

    /// <inheritdoc/>
    public Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default) => Measure("head", () => store.Head(path, cancellation));

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default) => store.List(folder, cancellation);

    /// <inheritdoc/>
    public string? LocalFile(string path) => store.LocalFile(path);

    async Task<T> Measure<T>(string operation, Func<Task<T>> call)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await call();
        }
        finally
        {
            instruments.Stored(operation, Stopwatch.GetElapsedTime(began));
        }
    }
}
