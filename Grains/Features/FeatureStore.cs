using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>
/// The second tier: image features as files of the object store, one a picture, up to a byte budget; the oldest leave first.
/// A damaged file counts as absent and is removed. A store that fails costs this tier, never the request.
/// </summary>
public sealed partial class FeatureStore(IObjectStore store, string fingerprint, long budgetBytes, ILogger<FeatureStore>? logger = null)
{
    /// <summary>"MPF1", lengths of embedding and tokens, XXH3 of what follows.</summary>
    const int HeaderBytes = 20;
    const uint Magic = 0x3146504D;

    readonly SemaphoreSlim gate = new(1, 1);
    readonly LinkedList<string> byAge = new();
    readonly Dictionary<string, (LinkedListNode<string> Node, long Bytes)> files = new(StringComparer.Ordinal);
    bool indexed;
    long bytes;

    /// <summary>Files found damaged since start.</summary>
    public int Damaged { get; private set; }

    /// <summary>Reads and writes that failed since start.</summary>
    public int Failures { get; private set; }

    /// <summary>Reads a picture's features; null if they are not there.</summary>
    public async Task<ImageFeatures?> Read(string key, CancellationToken cancellation)
    {
        try
        {
            return await ReadFile(key, cancellation);
        }
        catch (StoreException e)
        {
            Failed(e);
            return null;
        }
    }

    /// <summary>Keeps a picture's features.</summary>
    public async Task Write(string key, ImageFeatures features, CancellationToken cancellation)
    {
        try
        {
            await WriteFile(key, features, cancellation);
        }
        catch (StoreException e)
        {
            Failed(e);
        }
    }

    async Task<ImageFeatures?> ReadFile(string key, CancellationToken cancellation)
    {
        if (budgetBytes <= 0 || await store.Read(PathOf(key), cancellation) is not { } stored)
            return null;
        if (Parse(stored.Content) is { } features)
            return features;
        Damaged++;
        await store.Delete(PathOf(key), cancellation);
        return null;
    }

    async Task WriteFile(string key, ImageFeatures features, CancellationToken cancellation)
    {
        var content = Format(features);
        if (content.Length > budgetBytes)
            return;
        await store.Write(PathOf(key), content, WriteCondition.None, cancellation);
        await gate.WaitAsync(cancellation);
        try
        {
            await LoadIndex(cancellation);
            Count(PathOf(key), content.Length);
            while (bytes > budgetBytes)
            {
                var oldest = byAge.First!.Value;
                Forget(oldest);
                await store.Delete(oldest, cancellation);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Once: files of all packages count, because the budget is the disk's.</summary>
    async Task LoadIndex(CancellationToken cancellation)
    {
        if (indexed)
            return;
        var found = new List<ObjectInfo>();
        await foreach (var info in store.List("features", cancellation))
            found.Add(info);
        foreach (var info in found.OrderBy(info => info.LastModified))
            Count(info.Path, info.Length);
        indexed = true;
    }

    /// <summary>Puts a file at the young end; one that was counted moves there.</summary>
    void Count(string path, long length)
    {
        Forget(path);
        files[path] = (byAge.AddLast(path), length);
        bytes += length;
    }

    void Forget(string path)
    {
        if (!files.Remove(path, out var file))
            return;
        byAge.Remove(file.Node);
        bytes -= file.Bytes;
    }

    void Failed(StoreException failure)
    {
        Failures++;
        if (logger is not null)
            LogFailure(logger, failure.Message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image features are not kept: {Reason}")]
    static partial void LogFailure(ILogger logger, string reason);

    string PathOf(string key) => $"features/{fingerprint}/{key[..2]}/{key}";

    static byte[] Format(ImageFeatures features)
    {
        var content = new byte[HeaderBytes + features.Bytes];
        var data = content.AsSpan(HeaderBytes);
        MemoryMarshal.AsBytes<float>(features.Embedding).CopyTo(data);
        MemoryMarshal.AsBytes<float>(features.Tokens).CopyTo(data[(sizeof(float) * features.Embedding.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(content, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(4), features.Embedding.Length);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(8), features.Tokens.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(12), XxHash3.HashToUInt64(data));
        return content;
    }

    static ImageFeatures? Parse(byte[] content)
    {
        if (content.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(content) != Magic)
            return null;
        var embedding = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(4));
        var tokens = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(8));
        var data = content.AsSpan(HeaderBytes);
        if (embedding < 0 || tokens < 0 || data.Length != sizeof(float) * ((long)embedding + tokens)
            || XxHash3.HashToUInt64(data) != BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(12)))
        {
            return null;
        }

        var values = MemoryMarshal.Cast<byte, float>(data);
        return new ImageFeatures(values[..embedding].ToArray(), values[embedding..].ToArray());
    }
}
